import { Fault } from '../engine/fault.ts'
import type { HostWish } from '../inventory/org.ts'
import type { Provider } from './provider.ts'

/** A droplet: found by its tag. What makes it is the step `cloud`, which comes before any host is met. */
export const digitalocean: Provider = {
  find: async (org, host) => {
    const { droplet } = host
    if (!droplet) return undefined
    const { dropletsOf } = await import('./digitalocean/account.ts')
    const { dropletOf } = await import('./digitalocean/droplets/droplet.ts')
    const { addressOf } = await import('./digitalocean/droplets/power.ts')
    const one = dropletOf({ droplets: await dropletsOf(org, droplet.token) }, org, host.name)
    const address = one && addressOf(one)
    if (address === undefined) return undefined
    const { port, hostKey, identity } = host
    return { address, port, hostKey, identity, sharesKernel: false }
  },
  make: async (_org, host) => {
    throw notThere(host)
  },
}

const notThere = ({ name }: HostWish): Fault =>
  new Fault(`There is no droplet of ${name} with an address.`, {
    at: name,
    because: 'it was there when the step cloud ended, and is gone since',
    try: 'look at https://cloud.digitalocean.com/droplets; the same command makes it again',
  })
