import { chance, drawn, part } from '../faults/chance.ts'
import { drifts } from './drifts.ts'
import { platformOn } from './platform.ts'

// A drift takes 16 to 24 s: another fifth each time, and all with FAULTS=whole.
platformOn('trixie', part(drawn(drifts, Math.ceil(drifts.length / 5), chance('drifts on trixie')), drifts))
