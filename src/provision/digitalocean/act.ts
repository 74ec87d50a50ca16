import { setTimeout as later } from 'node:timers/promises'
import type * as z from 'zod'
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
  const names = {
    what: `${what.type} of the droplet ${droplet.name}`,
    see: `droplets/${droplet.id}`,
  }
  await untilDone(api, action, names, signal)
}

/** Waits until an action is done. `see` is where a person looks, behind cloud.digitalocean.com. @throws Fault as `act` does */
export async function untilDone(
  api: Api,
  action: z.output<typeof oneAction>['action'],
  names: Names,
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now()
  let status = action.status
  for (let wait = 500; status === 'in-progress'; wait = 2000) {
    if (performance.now() - started > ACTION_SECONDS * 1000)
      throw failed(names, `it takes longer than ${ACTION_SECONDS} s`)
    await later(wait, undefined, { signal })
    status = (await api.get(`/v2/actions/${action.id}`, oneAction))?.action.status ?? 'in-progress'
  }
  if (status !== 'completed') throw failed(names, `DigitalOcean says: ${status}`)
}

interface Names {
  readonly what: string
  readonly see: string
}

const failed = ({ what, see }: Names, because: string): Fault =>
  new Fault(`The action ${what} was not done.`, {
    because,
    try: `look at https://cloud.digitalocean.com/${see}; the same command goes on where this stopped`,
  })
