import { step } from '../engine/resource.ts'
import type { Org } from '../inventory/org.ts'
import { largePackets } from '../resources/large-packets.ts'
import { packages } from '../resources/packages.ts'

/** What an interface carries where nobody said otherwise, and Docker takes for granted. */
export const ETHERNET = 1500

/** The largest packet, in bytes, that every member's interface carries; of a host that was not met nobody knows. */
export const largestPacket = ({ hosts }: Pick<Org, 'hosts'>): number =>
  Math.min(ETHERNET, ...hosts.map(({ mtu = ETHERNET }) => mtu))

/** What the interfaces carry must get across: else overlay networks stall on what is large, and nothing says why. */
export const packets = step({
  id: 'packets',
  title: 'Large packets pass between the hosts',
  resources: ({ host, org }) => [
    packages('iputils-ping'),
    largePackets(
      org.hosts.filter(({ name }) => name !== host.name),
      largestPacket(org),
    ),
  ],
})
