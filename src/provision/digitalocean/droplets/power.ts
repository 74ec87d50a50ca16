import { setTimeout as later } from 'node:timers/promises'
import { type Droplet, oneDroplet } from '../../../clients/digitalocean/answers.ts'
import { Fault } from '../../../engine/fault.ts'
import { type Resource, resource } from '../../../engine/resource.ts'
import type { HostWish, Org } from '../../../inventory/org.ts'
import type { Account } from '../account.ts'
import { act } from '../act.ts'
import { dropletOf } from './droplet.ts'

const UP_SECONDS = 300

/** A droplet runs, and has an address. Behind all droplets in the list, so that they come up at the same time. */
export function power(org: Pick<Org, 'name'>, host: HostWish, account: Account): Resource {
  const found = async () => dropletOf(await account.read(), org.name, host.name)
  return resource({
    name: `power of ${host.name}`,
    desired: { status: 'active', address: 'yes' },
    actual: {
      status: async () => (await found())?.status,
      address: async () => {
        const one = await found()
        return one && (addressOf(one) === undefined ? 'no' : 'yes')
      },
    },
    fix: () => async (signal) => {
      account.stale()
      const one = await found()
      // Lists may show it later than its own address does; who made it has seen to that.
      if (one?.status === 'off') await act(account.api, one, { type: 'power_on' }, signal)
      if (one) await untilUp(one, account, signal)
      account.stale()
    },
  })
}

/** The public IPv4 address at which a droplet is reached. */
export const addressOf = ({ networks }: Droplet): string | undefined =>
  networks.v4.find(({ type }) => type === 'public')?.ip_address

// Just made, it may not be there yet when it is asked for: 404 is then "not yet".
async function untilUp({ id, name }: Droplet, { api }: Account, signal: AbortSignal): Promise<void> {
  const started = performance.now()
  for (let wait = 500; ; wait = 2000) {
    const one = (await api.get(`/v2/droplets/${id}`, oneDroplet))?.droplet
    if (one?.status === 'active' && addressOf(one) !== undefined) return
    if (performance.now() - started > UP_SECONDS * 1000)
      throw new Fault(`The droplet ${name} does not come up.`, {
        because: `after ${UP_SECONDS} s it is ${one?.status ?? 'not there'}${one && !addressOf(one) ? ', without an address' : ''}`,
        try: `look at https://cloud.digitalocean.com/droplets/${id}; the same command goes on waiting`,
      })
    await later(wait, undefined, { signal })
  }
}
