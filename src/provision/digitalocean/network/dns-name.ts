import { isIPv4 } from 'node:net'
import { setTimeout as later } from 'node:timers/promises'
import { whatever } from '../../../clients/digitalocean/answers.ts'
import type { DnsRecord } from '../../../clients/digitalocean/domains.ts'
import { Fault } from '../../../engine/fault.ts'
import type { Host, Org } from '../../../inventory/org.ts'
import { dropletOf } from '../droplets/droplet.ts'
import { addressOf } from '../droplets/power.ts'
import type { At, Kind } from '../kind.ts'
import type { Left } from '../left.ts'
import type { Objects } from '../lists.ts'
import { madeOnce } from '../made.ts'
import { reservedIpOf } from './reserved-ip.ts'

/** A name that leads to hosts. */
export interface DnsNameWanted {
  readonly kind: 'dns-name'
  /** `api.demo.example.org` */
  readonly name: string
  readonly zone: string
  /** The same without the zone: `api.demo`, `@`. */
  readonly record: string
  /** Seconds. */
  readonly ttl: number
  readonly leadsTo: readonly Target[]
}

/** A host, with its IPv4 address where the inventory says it; a droplet's is known once it is there. */
interface Target {
  readonly host: string
  readonly address: string | undefined
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
    const { a, aaaa, cname, mark } = recordsAt(wanted, await at.account.read())
    const addresses = addressesOf(wanted, await at.account.read(), at.org).map(({ address }) => address)
    const path = `/v2/domains/${zone}/records`
    const remove = async (all: readonly DnsRecord[]) => {
      for (const { id } of all) await api.remove(`${path}/${id}`)
    }
    const markText = markOf(at.org.name)
    const [ownMark] = mark.filter(({ data }) => said(data) === markText)
    await remove([...mark.filter((one) => one !== ownMark), ...cname, ...aaaa])
    // Before there is an address: an interrupted run leaves nothing of which nobody knows whose it is.
    if (!ownMark) await make({ type: 'TXT', name: markName(record), data: markText, ttl }, wanted, at)
    const right = addresses.flatMap((address) => a.find(({ data }) => data === address) ?? [])
    const free = a.filter((one) => !right.includes(one))
    const missing = addresses.filter((address) => !right.some(({ data }) => data === address))
    for (const [index, data] of missing.entries()) {
      const old = free[index]
      const body = { type: 'A', name: record, data, ttl }
      // The old one becomes the new one: there is no moment without an address.
      if (old) await api.put(`${path}/${old.id}`, body)
      else await make(body, wanted, at)
    }
    await remove(free.slice(missing.length))
    for (const { id, data, ttl: now } of right)
      if (now !== ttl) await api.put(`${path}/${id}`, { type: 'A', name: record, data, ttl })
  },
}

/** Names that have our mark, and that the inventory wants no more in this zone. */
export function leftNames({ zones }: Objects, wanted: readonly DnsNameWanted[], org: string): readonly Left[] {
  const names = wanted.map(({ name, zone }) => `${name} in ${zone}`)
  return zones.flatMap(({ id, records }) =>
    records
      .filter(({ type, name, data }) => type === 'TXT' && said(data) === markOf(org) && MARK.test(name))
      .map(({ name }) => [name.replace(MARK, ''), id].filter(Boolean).join('.'))
      .filter((name) => !names.includes(`${name} in ${id}`))
      .map((name) => ({
        list: 'zones',
        name: id,
        text: `The DNS name ${name} was made for ${org}, and no route leads there any more: it stays. To let it go: https://cloud.digitalocean.com/networking/domains/${id}`,
      })),
  )
}

const MARK = /^_groundwork(\.|$)/
const markName = (record: string): string => (record === '@' ? '_groundwork' : `_groundwork.${record}`)
const markOf = (org: string): string => `groundwork=${org}`

// TXT may be told with quotes around it.
const said = (data: string | null | undefined): string => (data ?? '').replace(/^"(.*)"$/, '$1')

const words = (all: readonly string[]): string => [...all].sort().join(', ') || 'none'

function recordsAt({ zone, record }: DnsNameWanted, { zones }: Objects) {
  const all = zones.find(({ id }) => id === zone)?.records ?? []
  const at = (type: string, name = record) => all.filter((one) => one.type === type && one.name === name)
  return { a: at('A'), aaaa: at('AAAA'), cname: at('CNAME'), mark: at('TXT', markName(record)) }
}

function addressesOf({ leadsTo }: DnsNameWanted, objects: Objects, org: Org) {
  return leadsTo.flatMap(({ host, address }) => {
    const known = address ?? ownAddress(host, objects, org)
    return known === undefined ? [] : [{ host, address: known }]
  })
}

// The one that stays, where the host has such a one.
function ownAddress(host: string, objects: Objects, org: Org): string | undefined {
  if (org.hosts.some(({ name, droplet }) => name === host && droplet?.reservedIp))
    return reservedIpOf(host, objects, org)?.ip
  const droplet = dropletOf(objects, org.name, host)
  return droplet && addressOf(droplet)
}

interface NewRecord {
  readonly type: string
  readonly name: string
  readonly data: string
  readonly ttl: number
}

const SHOWN_SECONDS = 20

// Lists may show it only later: until then it would look as if it were not there.
async function make(body: NewRecord, { zone }: DnsNameWanted, { account, signal }: At): Promise<void> {
  const isThere = async () => {
    account.stale()
    const all = (await account.read()).zones.find(({ id }) => id === zone)?.records ?? []
    return all.some(({ type, name, data }) => type === body.type && name === body.name && said(data) === body.data)
  }
  await madeOnce(() => account.api.post(`/v2/domains/${zone}/records`, body, whatever), isThere, signal)
  const started = performance.now()
  while (!(await isThere()) && performance.now() - started < SHOWN_SECONDS * 1000)
    await later(1000, undefined, { signal })
}
