import { Fault } from '../engine/fault.ts'
import type { Provider } from './provider.ts'

/** Hosts that are droplets. */
export const digitalocean: Provider = {
  find: async (_org, host) => {
    throw notYet(host.name)
  },
  make: async (_org, host) => {
    throw notYet(host.name)
  },
}

const notYet = (host: string): Fault =>
  new Fault(`${host} cannot be made yet.`, { at: host, because: 'this version makes no droplets', exit: 64 })
