import { dropletOf } from '../../digitalocean/droplets/droplet.ts'
import type { FirewallWanted } from '../../digitalocean/network/firewall.ts'
import { type ReservedIpWanted, reservedIpOf } from '../../digitalocean/network/reserved-ip.ts'
import { type VpcWanted, vpcOf } from '../../digitalocean/network/vpc.ts'
import { type Part, told } from '../part.ts'
import type { Parts } from './now.ts'

export const vpcParts: Parts<VpcWanted> = ({ name, region, range }, { objects }) => [
  {
    type: 'Vpc',
    name,
    of: name,
    id: vpcOf(objects, name)?.id,
    inputs: { name, region, description: 'made by groundwork', ...(range !== undefined && { ipRange: range }) },
    kept: true,
    once: ['description', 'ipRange'],
  },
]

export const firewallParts: Parts<FirewallWanted> = ({ name, tag, inbound, outbound }, { objects }) => [
  {
    type: 'Firewall',
    name,
    of: name,
    id: objects.firewalls.find((one) => one.name === name)?.id,
    inputs: {
      name,
      tags: [tag],
      inboundRules: inbound.map(({ protocol, ports, addresses, tags: from }) => ({
        ...portsOf(protocol, ports),
        ...(addresses && { sourceAddresses: addresses }),
        ...(from && { sourceTags: from }),
      })),
      outboundRules: outbound.map(({ protocol, ports, addresses, tags: to }) => ({
        ...portsOf(protocol, ports),
        ...(addresses && { destinationAddresses: addresses }),
        ...(to && { destinationTags: to }),
      })),
    },
  },
]

// The API says 0 for all of them; its provider says `all`, and nothing for icmp.
const portsOf = (protocol: string, ports: string) => ({
  protocol,
  ...(protocol !== 'icmp' && { portRange: ports === '0' ? 'all' : ports }),
})

/** The address itself is made by a call: Pulumi would make it for the region alone, where nobody finds it if the answer is lost. */
export const reservedIpParts: Parts<ReservedIpWanted> = ({ name }, { org, objects }): readonly Part[] => {
  const one = reservedIpOf(name, objects, org)
  if (!one) return []
  const droplet = dropletOf(objects, org.name, name)
  const leads = droplet && one.droplet?.id === droplet.id
  return [
    {
      type: 'ReservedIp',
      name,
      of: name,
      id: one.ip,
      inputs: { region: one.region.slug },
      kept: true,
      once: ['dropletId', 'ipAddress'],
    },
    {
      type: 'ReservedIpAssignment',
      name,
      of: name,
      id: leads ? `${droplet.id}-${one.ip}-` : undefined,
      ...(leads && { adoptedAs: `${one.ip},${droplet.id}` }),
      inputs: { ipAddress: told('ReservedIp', name, 'ipAddress'), dropletId: told('Droplet', name, 'id', true) },
      link: true,
    },
  ]
}
