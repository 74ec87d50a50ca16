import { setTimeout as later } from 'node:timers/promises'
import { whatever } from '../../../clients/digitalocean/answers.ts'
import type { DnsRecord } from '../../../clients/digitalocean/domains.ts'
import type { Org } from '../../../inventory/org.ts'
import { dropletOf } from '../droplets/droplet.ts'
import { addressOf } from '../droplets/power.ts'
import type { At } from '../kind.ts'
import type { Objects } from '../lists.ts'
import { madeOnce } from '../made.ts'
import { reservedIpOf } from './reserved-ip.ts'

/** Where the records of a name stand, and what they lead to. */
export interface NameInZone {
  readonly zone: string
  /** The name without the zone: `api.demo`, `@`. */
  readonly record: string
  readonly leadsTo: readonly Target[]
}

/** A host, with its IPv4 address where the inventory says it; a droplet's is known once it is there. */
export interface Target {
  readonly host: string
  readonly address: string | undefined
}

/** The records that a name is to have, each with the one that is there and is it, or becomes it; and those that are left over. */
export function recordsFor(wanted: NameInZone, objects: Objects, org: Org) {
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
export async function clearName(wanted: NameInZone, at: At): Promise<void> {
  const { aaaa, cname, mark } = recordsAt(wanted, await at.account.read())
  const [own] = mark.filter(({ data }) => said(data) === markOf(at.org.name))
  await remove([...mark.filter((one) => one !== own), ...cname, ...aaaa], wanted, at)
}

/** Takes away the addresses that are left over. */
export async function spareGone(wanted: NameInZone, at: At): Promise<void> {
  await remove(recordsFor(wanted, await at.account.read(), at.org).spare, wanted, at)
}

async function remove(all: readonly DnsRecord[], { zone }: NameInZone, { account }: At): Promise<void> {
  for (const { id } of all) await account.api.remove(`/v2/domains/${zone}/records/${id}`)
}

/** What stands at a name, by type. */
export function recordsAt({ zone, record }: NameInZone, { zones }: Objects) {
  const all = zones.find(({ id }) => id === zone)?.records ?? []
  const at = (type: string, name = record) => all.filter((one) => one.type === type && one.name === name)
  return { a: at('A'), aaaa: at('AAAA'), cname: at('CNAME'), mark: at('TXT', markName(record)) }
}

/** Where a name is to lead: each host, with its address as soon as it has one. */
export function targetsOf({ leadsTo }: NameInZone, objects: Objects, org: Org) {
  return leadsTo.map(({ host, address }) => {
    const isReserved = org.hosts.some(({ name, droplet }) => name === host && droplet?.reservedIp)
    const droplet = dropletOf(objects, org.name, host)
    // The one that stays, where the host has such a one.
    const own = isReserved ? reservedIpOf(host, objects, org)?.ip : droplet && addressOf(droplet)
    return { host, isReserved, address: address ?? own }
  })
}

const markName = (record: string): string => (record === '@' ? '_groundwork' : `_groundwork.${record}`)
/** What the TXT record says beside a name of ours. */
export const markOf = (org: string): string => `groundwork=${org}`

/** What a record says: a TXT may be told with quotes around it. */
export const said = (data: string | null | undefined): string => (data ?? '').replace(/^"(.*)"$/, '$1')

interface NewRecord {
  readonly type: string
  readonly name: string
  readonly data: string
  readonly ttl: number
}

const SHOWN_SECONDS = 20

/** Makes one, and waits until lists show it: until then it would look as if it were not there. */
export async function makeRecord(body: NewRecord, { zone }: NameInZone, { account, signal }: At): Promise<void> {
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
