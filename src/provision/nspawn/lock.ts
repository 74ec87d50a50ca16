import { Fault } from '../../engine/fault.ts'
import { exclusively } from '../exclusively.ts'

/** Does work on this machine's sandbox that nobody else does at the same time. @throws Fault (exit 75) after 15 minutes */
export const onSandbox = <T>(path: string, work: (lock: number) => Promise<T>): Promise<T> =>
  exclusively(path, work, { seconds: 900, held: stillHeld })

const stillHeld = (path: string): Fault =>
  new Fault('Another run has been working on this machine’s sandbox for 15 minutes.', {
    because: `it holds ${path}`,
    try: `see who it is: fuser -v ${path}`,
    exit: 75,
  })
