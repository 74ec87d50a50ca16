import type { Ended } from './exec.ts'
import { Fault } from './fault.ts'
import type { Resource } from './resource.ts'

/** How a fix ended that did not end well. */
export interface FixFailed {
  /** Undefined: it did not come to its end, or nobody knows. */
  readonly exit: number | undefined
  /** The head and the tail of what it printed. */
  readonly said: string
  /** When the connection was lost, if it was. */
  readonly connection: Ended['lost']
  /** We stopped waiting at its deadline. */
  readonly late: boolean
}

/** What a failed fix means to a person: in its resource's own words, where it has some. */
export function fixFault(at: string, failed: FixFailed, seconds: number, explain: Resource['explain']): Fault {
  const again = 'the same command goes on where this stopped'
  const told = failed.exit === undefined ? unended(failed, seconds) : explain?.(failed.said)
  if (told) return new Fault(told.what, { at, because: told.because, try: told.try ?? again })
  return new Fault('The fix failed.', { at, because: `${lastLines(failed.said)}\n(exit ${failed.exit})`, try: again })
}

function unended({ late, said, connection }: FixFailed, seconds: number) {
  if (late)
    return {
      what: `The fix did not end in ${seconds / 60} min, and is waited for no longer.`,
      because: `it printed last:\n${lastLines(said)}`,
      try: 'it may still run there; what does it wait for?  ps -ef --forest; the same command goes on where this stopped',
    }
  if (connection === 'before')
    return { what: 'The connection was lost before this fix.', because: 'nothing of it was sent', try: undefined }
  return {
    what: 'The connection was lost in the middle of this fix.',
    because: 'what it came to is not known; it may still be running on the host',
    try: undefined,
  }
}

/** The last lines of what something printed, without empty ones. */
export const lastLines = (text: string): string =>
  text
    .trim()
    .split('\n')
    .filter((line) => line.trim())
    .slice(-12)
    .join('\n')
