import { chance, drawn, part } from '../faults/chance.ts'
import { drifts } from './drifts.ts'
import { platformOn } from './platform.ts'

// A drift takes 16 s: another third each time, and all with FAULTS=whole.
platformOn('trixie', part(drawn(drifts, Math.ceil(drifts.length / 3), chance('drifts on trixie')), drifts))
