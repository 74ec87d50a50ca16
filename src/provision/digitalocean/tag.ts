import { whatever } from '../../clients/digitalocean/answers.ts'
import type { Api } from '../../clients/digitalocean/api.ts'
import { told } from '../../clients/digitalocean/faults.ts'

/** Gives an object a tag, which is made if it is not there; it may have it already. */
export async function giveTag(
  api: Api,
  tag: string,
  to: { readonly id: number | string; readonly type: 'droplet' },
): Promise<void> {
  await told(() => api.post('/v2/tags', { name: tag }, whatever))
  const resources = [{ resource_id: String(to.id), resource_type: to.type }]
  await told(() => api.post(`/v2/tags/${encodeURIComponent(tag)}/resources`, { resources }, whatever))
}
