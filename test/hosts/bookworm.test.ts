import { chance, part } from '../faults/chance.ts'
import { drifts } from './drifts.ts'
import { platformOn } from './platform.ts'

const random = chance('drifts on bookworm')

// A drift takes 18 s. Debian 13 has all of them each time; here another half each time, and all with FAULTS=whole.
const half = drifts
  .map((drift) => ({ drift, place: random() }))
  .sort((one, other) => one.place - other.place)
  .slice(0, drifts.length / 2)
  .map(({ drift }) => drift)

platformOn('bookworm', part(half, drifts))
