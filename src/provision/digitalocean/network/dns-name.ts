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
    const path = `/v2/domains/${zone}/records`
    await clearName(wanted, at)
    const { mark, addresses } = recordsFor(wanted, await at.account.read(), at.org)
    // Before there is an address: an interrupted run leaves nothing of which nobody knows whose it is.
    if (!mark.record) await make({ type: 'TXT', name: mark.name, data: mark.data, ttl }, wanted, at)
    for (const { address, record: old } of addresses) {
      if (address === undefined || (old?.data === address && old.ttl === ttl)) continue
      const body = { type: 'A', name: record, data: address, ttl }
      if (old) await api.put(`${path}/${old.id}`, body)
      else await make(body, wanted, at)
    }
    await spareGone(wanted, at)
  },
}

/** The records that a name is to have, each with the one that is there and is it, or becomes it; and those that are left over. */
export function recordsFor(wanted: DnsNameWanted, objects: Objects, org: Org) {
  const { a, mark } = recordsAt(wanted, objects)
  const targets = targetsOf(wanted, objects, org)
  const right = a.filter(({ data }) => targets.some(({ address }) => address === data))
  const free = a.filter((one) => !right.includes(one))
  // The old one becomes the new one: there is no moment without an address.
  const addresses = targets.map((target) => ({
    ...target,
    record: right.find(({ data }) => data === target.address) ?? free.shift(),
  }))
  const data = markOf(org.name)
  const record = mark.find((one) => said(one.data) === data)
  return {
    mark: { name: markName(wanted.record), data, record },
    addresses,
    spare: a.filter((one) => !addresses.some((its) => its.record === one)),
  }
}

/** Takes away what stands in the way of a name's records: nothing of it can become one of them. */
export async function clearName(wanted: DnsNameWanted, at: At): Promise<void> {
  const { aaaa, cname, mark } = recordsAt(wanted, await at.account.read())
  const [own] = mark.filter(({ data }) => said(data) === markOf(at.org.name))
  await remove([...mark.filter((one) => one !== own), ...cname, ...aaaa], wanted, at)
}

/** Takes away the addresses that are left over. */
export async function spareGone(wanted: DnsNameWanted, at: At): Promise<void> {
  await remove(recordsFor(wanted, await at.account.read(), at.org).spare, wanted, at)
}

async function remove(all: readonly DnsRecord[], { zone }: DnsNameWanted, { account }: At): Promise<void> {
  for (const { id } of all) await account.api.remove(`/v2/domains/${zone}/records/${id}`)
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

function addressesOf(wanted: DnsNameWanted, objects: Objects, org: Org) {
  return targetsOf(wanted, objects, org).flatMap(({ host, address }) =>
    address === undefined ? [] : [{ host, address }],
  )
}

function targetsOf({ leadsTo }: DnsNameWanted, objects: Objects, org: Org) {
  return leadsTo.map(({ host, address }) => {
    const isReserved = org.hosts.some(({ name, droplet }) => name === host && droplet?.reservedIp)
    const droplet = dropletOf(objects, org.name, host)
    // The one that stays, where the host has such a one.
    const own = isReserved ? reservedIpOf(host, objects, org)?.ip : droplet && addressOf(droplet)
    return { host, isReserved, address: address ?? own }
  })
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
