import { isIPv4 } from 'node:net'
import { Fault } from '../../../engine/fault.ts'
import type { Host, Org } from '../../../inventory/org.ts'
import type { Kind } from '../kind.ts'
import type { Objects } from '../lists.ts'
import {
  clearName,
  makeRecord,
  markOf,
  type NameInZone,
  recordsAt,
  recordsFor,
  said,
  spareGone,
  type Target,
  targetsOf,
} from './dns-records.ts'

/** A name that leads to hosts. */
export interface DnsNameWanted extends NameInZone {
  readonly kind: 'dns-name'
  /** `api.demo.example.org` */
  readonly name: string
  /** Seconds. */
  readonly ttl: number
}

/** A name, and the hosts that answer there. */
export interface NameOfHosts {
  readonly name: string
  readonly hosts: readonly Host[]
}

/** The names of the enabled routes, each with the hosts that answer there. @throws Fault for a name to which no address can belong */
export function dnsNamesWanted({ file, digitalocean }: Org, names: readonly NameOfHosts[]): readonly DnsNameWanted[] {
  const { dns } = digitalocean ?? {}
  if (!dns) return []
  return names.map(({ name, hosts }) => {
    const leadsTo = hosts.flatMap(({ name: host, address, droplet }): readonly Target[] =>
      droplet ? [{ host, address: undefined }] : isIPv4(address ?? '') ? [{ host, address }] : [],
    )
    if (!leadsTo.length) throw noAddress(name, hosts, file)
    const { zone, ttl } = dns
    const record = name === zone ? '@' : name.slice(0, -zone.length - 1)
    return { kind: 'dns-name', name, zone, record, ttl, leadsTo }
  })
}

const noAddress = (name: string, hosts: readonly Host[], file: string): Fault =>
  new Fault(`The name ${name} leads to no address.`, {
    at: `${file} › digitalocean.dns`,
    because: hosts.length
      ? `${hosts.map((host) => host.name).join(', ')} answers there: neither a droplet nor a host with an IPv4 address`
      : 'no host runs what answers there',
    try: 'write an IPv4 address at that host, or leave dns out and keep the names yourself',
    exit: 64,
  })

/**
 * The addresses at a name, beside which a TXT record says whose they are: what is marked is mended, what is not is not touched. What an
 * unmarked name has already as it should be is taken.
 */
export const dnsName: Kind<DnsNameWanted> = {
  title: ({ name }) => `DNS name ${name}`,
  needsHosts: true,
  desired: ({ leadsTo, ttl }, { name }) => ({
    A: words(leadsTo.map(({ host }) => host)),
    AAAA: 'none',
    ttl: String(ttl),
    mark: markOf(name),
    others: 'none',
  }),
  actual: (wanted, objects, org) => {
    const { a, aaaa, cname, mark } = recordsAt(wanted, objects)
    if (![...a, ...aaaa, ...cname, ...mark].length) return undefined
    const hosts = new Map(addressesOf(wanted, objects, org).map(({ host, address }) => [address, host]))
    const A = words(a.map(({ data }) => hosts.get(data ?? '') ?? String(data)))
    const ours = mark.some(({ data }) => said(data) === markOf(org.name))
    const others = [
      ...cname,
      ...(ours || (A === words([...hosts.values()]) && !aaaa.length && !mark.length) ? [] : [...a, ...aaaa, ...mark]),
    ]
    return {
      A,
      AAAA: words(aaaa.map(({ data }) => String(data))),
      ttl: words([...new Set(a.map(({ ttl }) => String(ttl)))]),
      mark: words(mark.map(({ data }) => said(data))),
      others: words(others.map(({ type, data }) => `${type} ${said(data)}`)),
    }
  },
  kept: { another: ['others'], loses: ({ name }) => `what is reached under ${name} now` },
  fix: async (wanted, _, at) => {
    const { zone, record, ttl } = wanted
    const { api } = at.account
    const path = `/v2/domains/${zone}/records`
    await clearName(wanted, at)
    const { mark, addresses } = recordsFor(wanted, await at.account.read(), at.org)
    // Before there is an address: an interrupted run leaves nothing of which nobody knows whose it is.
    if (!mark.record) await makeRecord({ type: 'TXT', name: mark.name, data: mark.data, ttl }, wanted, at)
    for (const { address, record: old } of addresses) {
      if (address === undefined || (old?.data === address && old.ttl === ttl)) continue
      const body = { type: 'A', name: record, data: address, ttl }
      if (old) await api.put(`${path}/${old.id}`, body)
      else await makeRecord(body, wanted, at)
    }
    await spareGone(wanted, at)
  },
}

const words = (all: readonly string[]): string => [...all].sort().join(', ') || 'none'

function addressesOf(wanted: DnsNameWanted, objects: Objects, org: Org) {
  return targetsOf(wanted, objects, org).flatMap(({ host, address }) =>
    address === undefined ? [] : [{ host, address }],
  )
}
