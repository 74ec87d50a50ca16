import { setTimeout as later } from 'node:timers/promises'
import { actionPage, type Droplet, oneAction } from '../../clients/digitalocean/answers.ts'
import type { Api } from '../../clients/digitalocean/api.ts'
import { Refused, Unclear, unclear } from '../../clients/digitalocean/faults.ts'

const BUSY_SECONDS = 300
const JUST_NOW_SECONDS = 120

/**
 * Begins something with a droplet, which does one thing at a time: a run that was cut off may have left one under way, for which
 * it waits. Where the answer is lost, what was begun is on the droplet's own list.
 */
export async function begun(
  api: Api,
  { id }: Droplet,
  what: Readonly<Record<string, unknown>> & { readonly type: string },
  signal: AbortSignal,
) {
  const started = performance.now()
  for (;;) {
    try {
      return (await api.post(`/v2/droplets/${id}/actions`, what, oneAction)).action
    } catch (error) {
      if (error instanceof Unclear) {
        const [newest] = await api.list(`/v2/droplets/${id}/actions`, actionPage)
        const seconds = Math.abs(Date.now() - Date.parse(newest?.started_at ?? '')) / 1000
        if (newest?.type === what.type && seconds < JUST_NOW_SECONDS) return newest
        throw unclear(error)
      }
      const isBusy = error instanceof Refused && /pending event/i.test(error.said)
      if (!isBusy || performance.now() - started > BUSY_SECONDS * 1000) throw error
      await later(2000, undefined, { signal })
    }
  }
}
