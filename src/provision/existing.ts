import { Fault } from '../engine/fault.ts'
import type { HostWish } from '../inventory/org.ts'
import type { Endpoint, Provider } from './provider.ts'

/** A host that somebody else made: it is where the inventory says, and is never made here. */
export const existing: Provider = {
  find: async (_org, host) => endpoint(host),
  make: async (_org, host) => endpoint(host),
}

// The address may be an alias of ~/.ssh/config: whoever connects resolves it.
function endpoint(host: HostWish): Endpoint {
  if (!host.address) {
    throw new Fault(`${host.name} has no address.`, {
      at: host.name,
      because: 'a host of the provider "existing" is found by its address only',
      try: `write address: … under ${host.name} in the inventory`,
      exit: 64,
    })
  }
  const { address, port, hostKey, identity } = host
  return { address, port, hostKey, identity, sharesKernel: false }
}
