import type { DnsNameWanted } from '../../digitalocean/network/dns-name.ts'
import { recordsFor } from '../../digitalocean/network/dns-records.ts'
import type { ZoneWanted } from '../../digitalocean/network/zone.ts'
import { type Part, told } from '../part.ts'
import { type Parts, text } from './now.ts'

export const zoneParts: Parts<ZoneWanted> = ({ name }, { objects }) => [
  {
    type: 'Domain',
    name,
    of: name,
    id: objects.zones.find(({ id }) => id === name)?.id,
    inputs: { name },
    // With it everybody's records in it would go.
    kept: true,
    once: ['ipAddress'],
  },
]

/** The mark first: an interrupted run leaves no address of which nobody knows whose it is. */
export const dnsParts: Parts<DnsNameWanted> = (wanted, { org, objects }) => {
  const { name, zone, record, ttl } = wanted
  const { mark, addresses } = recordsFor(wanted, objects, org)
  const recordPart = (part: string, id: number | undefined, inputs: Part['inputs'], after: string): Part => ({
    type: 'DnsRecord',
    name: part,
    of: name,
    id: text(id),
    ...(id !== undefined && { adoptedAs: `${zone},${id}` }),
    inputs: { domain: zone, ttl, ...inputs },
    after: [after],
  })
  const markPart = `${name} mark`
  const marked = { type: 'TXT', name: mark.name, value: mark.data }
  return [
    recordPart(markPart, mark.record?.id, marked, `Domain ${zone}`),
    ...addresses.flatMap(({ host, address, isReserved, record: at }) => {
      if (address === undefined && isReserved) return []
      const value = address ?? told('Droplet', host, 'ipv4Address')
      return recordPart(`${name} ${host}`, at?.id, { type: 'A', name: record, value }, `DnsRecord ${markPart}`)
    }),
  ]
}
