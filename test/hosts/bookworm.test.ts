import { chance, drawn, part } from '../faults/chance.ts'
import { drifts } from './drifts.ts'
import { platformOn } from './platform.ts'

// A drift takes 24 s here: another eighth each time, and all with FAULTS=whole.
platformOn('bookworm', part(drawn(drifts, Math.ceil(drifts.length / 8), chance('drifts on bookworm')), drifts))
