import { setTimeout as later } from 'node:timers/promises'
import { Refused } from '../../clients/digitalocean/faults.ts'
import { Fault } from '../../engine/fault.ts'

const BUSY_SECONDS = 300

/**
 * Begins something with a droplet, which does one thing at a time: attaching a volume and leading an address there count as well. A
 * run that was cut off may have left something under way, and a new droplet has some of its own; for that it waits. `droplet` is its
 * name, for people.
 * @throws Fault where the droplet is busy for five minutes
 */
export async function whenIdle<T>(begin: () => Promise<T>, droplet: string, signal: AbortSignal): Promise<T> {
  const started = performance.now()
  for (;;) {
    try {
      return await begin()
    } catch (error) {
      if (!(error instanceof Refused && /pending event/i.test(error.said))) throw error
      if (performance.now() - started > BUSY_SECONDS * 1000) throw busy(droplet, error)
      await later(2000, undefined, { signal })
    }
  }
}

const busy = (droplet: string, { because }: Refused): Fault =>
  new Fault(`The droplet ${droplet} is busy with something else, and takes nothing new.`, {
    because: `for ${BUSY_SECONDS} s: ${because}`,
    try: 'its page at https://cloud.digitalocean.com/droplets shows under History what it does; once that is over, the same command goes on where this stopped',
  })
