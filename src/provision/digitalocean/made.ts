import { setTimeout as later } from 'node:timers/promises'
import { Unclear, unclear } from '../../clients/digitalocean/faults.ts'

const TRIES = 4
// Lists may show what was made only after some seconds.
const LOOKS_MS = [500, 1500, 3000, 5000]

/**
 * Makes something that must not be there twice. Where the answer is lost, it looks whether the thing is there; only where the
 * API itself said that it could not (5xx), and the thing is not there, is it asked for again.
 */
export async function madeOnce(
  make: () => Promise<unknown>,
  isThere: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await make()
      return
    } catch (error) {
      if (!(error instanceof Unclear)) throw error
      for (const wait of error.answered ? LOOKS_MS.slice(0, 2) : LOOKS_MS) {
        await later(wait, undefined, { signal })
        if (await isThere()) return
      }
      if (!error.answered || tries === TRIES) throw unclear(error)
    }
  }
}
