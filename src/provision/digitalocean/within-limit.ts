import { Refused } from '../../clients/digitalocean/faults.ts'
import { Fault } from '../../engine/fault.ts'

/** What an account may have only so much of. */
export interface Limited {
  /** `the volume data`. */
  readonly what: string
  /** What a person can do without DigitalOcean: `write a smaller sizeGiB at data`. */
  readonly less: string
}

/**
 * Makes it. A limit is told with 403 for volumes and with 422 for addresses, where neither the token nor the inventory is wrong.
 * @throws Fault that says so
 */
export async function withinLimit<T>({ what, less }: Limited, make: () => Promise<T>): Promise<T> {
  try {
    return await make()
  } catch (error) {
    const isLimit = error instanceof Refused && [403, 422].includes(error.status) && /limit/i.test(error.said)
    if (!isLimit) throw error
    throw new Fault(`DigitalOcean does not make ${what}: the account has reached a limit.`, {
      because: error.because,
      try: `${less}; or ask for more: https://cloud.digitalocean.com/support\nthen the same command goes on where this stopped`,
    })
  }
}
