import { chance, drawn, part } from '../faults/chance.ts'
import { drifts } from './drifts.ts'
import { platformOn } from './platform.ts'

// A drift takes 18 s. Debian 13 has all of them each time; here another quarter each time, and all with FAULTS=whole.
platformOn('bookworm', part(drawn(drifts, Math.ceil(drifts.length / 4), chance('drifts on bookworm')), drifts))
