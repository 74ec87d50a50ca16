import { setTimeout as later } from 'node:timers/promises'
import { Refused, Unclear, unclear } from '../../clients/digitalocean/faults.ts'

export const TRIES = 4
// Lists may show what was made only after some seconds.
export const LOOKS_MS = [500, 1500, 3000, 5000]

/**
 * Makes something that must not be there twice. Where the answer is lost, it looks whether the thing is there; only where the
 * API itself said that it could not (5xx), and the thing is not there, is it asked for again. `isUnique`: the API will
 * not make a second one; there a refusal may mean that it is there, made by a call that was lost, or by somebody else just now.
 */
export async function madeOnce(
  make: () => Promise<unknown>,
  isThere: () => Promise<boolean>,
  signal: AbortSignal,
  isUnique = false,
): Promise<void> {
  const appears = async (looks: readonly number[]): Promise<boolean> => {
    for (const wait of looks) {
      await later(wait, undefined, { signal })
      if (await isThere()) return true
    }
    return false
  }
  for (let tries = 1; ; tries++) {
    try {
      await make()
      return
    } catch (error) {
      if (isUnique && error instanceof Refused && [409, 422].includes(error.status)) {
        if (await appears(/already|duplicate|in use/i.test(error.said) ? LOOKS_MS : LOOKS_MS.slice(0, 1))) return
        throw error
      }
      if (!(error instanceof Unclear)) throw error
      // A second one that is refused does no harm; one that is made costs.
      if (await appears(error.answered && isUnique ? LOOKS_MS.slice(0, 2) : LOOKS_MS)) return
      if (!error.answered || tries === TRIES) throw unclear(error)
    }
  }
}
