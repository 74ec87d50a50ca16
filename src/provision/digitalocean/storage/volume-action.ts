import { setTimeout as later } from 'node:timers/promises'
import { oneAction } from '../../../clients/digitalocean/answers.ts'
import { Refused } from '../../../clients/digitalocean/faults.ts'
import { oneVolume, type Volume } from '../../../clients/digitalocean/volumes.ts'
import { untilDone } from '../act.ts'
import type { At } from '../kind.ts'
import { madeOnce } from '../made.ts'
import { whenIdle } from '../when-idle.ts'

const SHOWN_SECONDS = 30

/**
 * Does something with a volume, and waits until it is done. `host` is the one whose droplet has to do with it. An action whose answer is
 * lost may have been taken: then what it does is so (`isSo`) a moment later. A second one of it is refused.
 * @throws Fault where it fails, or takes longer than five minutes
 */
export async function volumeAction(
  { id, name, region }: Volume,
  what: Readonly<Record<string, unknown>> & { readonly type: string },
  host: string,
  isSo: (now: Volume) => boolean,
  { account: { api }, signal }: At,
): Promise<void> {
  const body = { ...what, region: region.slug }
  const begin = () => api.post(`/v2/volumes/${id}/actions`, body, oneAction)
  const names = { what: `${what.type} of the volume ${name}`, see: 'volumes' }
  await madeOnce(
    async () => {
      const { action } = await whenIdle(() => onceShown(begin, signal), host, signal)
      await untilDone(api, action, names, signal)
    },
    async () => {
      const now = (await api.get(`/v2/volumes/${id}`, oneVolume))?.volume
      return now !== undefined && isSo(now)
    },
    signal,
    true,
  )
}

// Just made, it may not be there yet for its next call: 404 is then "not yet".
async function onceShown<T>(begin: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const started = performance.now()
  for (;;) {
    try {
      return await begin()
    } catch (error) {
      const isLate = performance.now() - started > SHOWN_SECONDS * 1000
      if (!(error instanceof Refused && error.status === 404) || isLate) throw error
      await later(1000, undefined, { signal })
    }
  }
}
