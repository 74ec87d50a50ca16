import { actionPage, type Droplet, oneAction } from '../../clients/digitalocean/answers.ts'
import type { Api } from '../../clients/digitalocean/api.ts'
import { Unclear, unclear } from '../../clients/digitalocean/faults.ts'
import { whenIdle } from './when-idle.ts'

const JUST_NOW_SECONDS = 120

/** Begins something with a droplet, once it does nothing else. Where the answer is lost, what was begun is on the droplet's own list. */
export async function begun(
  api: Api,
  { id, name }: Droplet,
  what: Readonly<Record<string, unknown>> & { readonly type: string },
  signal: AbortSignal,
) {
  try {
    const { action } = await whenIdle(() => api.post(`/v2/droplets/${id}/actions`, what, oneAction), name, signal)
    return action
  } catch (error) {
    if (!(error instanceof Unclear)) throw error
    const [newest] = await api.list(`/v2/droplets/${id}/actions`, actionPage)
    const seconds = Math.abs(Date.now() - Date.parse(newest?.started_at ?? '')) / 1000
    if (newest?.type === what.type && seconds < JUST_NOW_SECONDS) return newest
    throw unclear(error)
  }
}
