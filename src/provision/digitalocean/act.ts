import { setTimeout as later } from 'node:timers/promises'
import { type Droplet, oneAction } from '../../clients/digitalocean/answers.ts'
import type { Api } from '../../clients/digitalocean/api.ts'
import { Fault } from '../../engine/fault.ts'
import { begun } from './begun.ts'

const ACTION_SECONDS = 300

/** Does something with a droplet, and waits until it is done. @throws Fault where it fails or takes longer than five minutes */
export async function act(
  api: Api,
  droplet: Droplet,
  what: Readonly<Record<string, unknown>> & { readonly type: string },
  signal: AbortSignal,
): Promise<void> {
  const action = await begun(api, droplet, what, signal)
  const started = performance.now()
  let status = action.status
  for (let wait = 500; status === 'in-progress'; wait = 2000) {
    if (performance.now() - started > ACTION_SECONDS * 1000)
      throw failed(droplet, what.type, `it takes longer than ${ACTION_SECONDS} s`)
    await later(wait, undefined, { signal })
    status = (await api.get(`/v2/actions/${action.id}`, oneAction))?.action.status ?? 'in-progress'
  }
  if (status !== 'completed') throw failed(droplet, what.type, `DigitalOcean says: ${status}`)
}

const failed = ({ name, id }: Droplet, type: string, because: string): Fault =>
  new Fault(`The action ${type} of the droplet ${name} was not done.`, {
    at: `operator › cloud › droplet ${name}`,
    because,
    try: `look at https://cloud.digitalocean.com/droplets/${id}; the same command goes on where this stopped`,
  })
