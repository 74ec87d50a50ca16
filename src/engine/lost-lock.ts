import { Fault } from './fault.ts'

/** A fix came too late to be let in: exit status 75. */
export const lostLock = (host: string): Fault =>
  new Fault(`The lock on ${host} is no longer ours; nothing more was written.`, {
    at: host,
    because: 'the host heard nothing from here for a while and gave it up, or somebody broke it',
    try: 'the same command goes on when the other one is done',
    exit: 75,
  })
