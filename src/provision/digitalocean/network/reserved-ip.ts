import { setTimeout as later } from 'node:timers/promises'
import { oneAction } from '../../../clients/digitalocean/answers.ts'
import { newReservedIp, oneReservedIp, type ReservedIp } from '../../../clients/digitalocean/reserved-ips.ts'
import { Fault } from '../../../engine/fault.ts'
import type { Org } from '../../../inventory/org.ts'
import { untilDone } from '../act.ts'
import { dropletOf, hostOf } from '../droplets/droplet.ts'
import type { DropletHost } from '../droplets/droplet-host.ts'
import type { At, Kind } from '../kind.ts'
import type { Objects } from '../lists.ts'
import { madeOnce } from '../made.ts'
import { addressesIn, addressTag, hasTag } from '../names.ts'
import { giveTag } from '../tag.ts'
import { whenIdle } from '../when-idle.ts'
import { withinLimit } from '../within-limit.ts'

const LEADS_SECONDS = 120

/** An address that leads to a host's droplet, and stays when the droplet is made anew. */
export interface ReservedIpWanted {
  readonly kind: 'reserved-ip'
  /** The host's. */
  readonly name: string
}

export const reservedIpsWanted = ({ name, droplet }: DropletHost): readonly ReservedIpWanted[] =>
  droplet.reservedIp ? [{ kind: 'reserved-ip', name }] : []

/**
 * A reserved address has no tags. It is made with its droplet, and found by it; a tag of the account says whose it is, on the
 * droplet and for the time when that one is gone.
 */
export const reservedIp: Kind<ReservedIpWanted> = {
  title: ({ name }) => `reserved IP of ${name}`,
  needsHosts: true,
  desired: ({ name }) => ({ 'leads to': name, noted: 'yes' }),
  actual: ({ name }, objects, org) => {
    const one = reservedIpOf(name, objects, org)
    const droplet = dropletOf(objects, org.name, name)
    return (
      one && {
        'leads to': leadsTo(one, objects, org),
        noted: droplet && hasTag(droplet, addressTag(org.name, name, one.ip)) ? 'yes' : 'no',
      }
    )
  },
  refuses: ({ name }, objects, org) => {
    const one = reservedIpOf(name, objects, org)
    if (!one?.droplet || objects.droplets.some(({ id }) => id === one.droplet?.id)) return undefined
    return {
      because: `the reserved IP ${one.ip} of ${name} leads to the droplet ${one.droplet.id} ${one.droplet.name}, which is not of ${org.name}`,
      try: 'if it is not needed there, take it off: https://cloud.digitalocean.com/networking/reserved_ips',
    }
  },
  fix: async (wanted, _, at) => {
    const objects = await at.account.read()
    const there = reservedIpOf(wanted.name, objects, at.org)
    const droplet = dropletOf(objects, at.org.name, wanted.name)
    if (there && droplet && there.droplet?.id !== droplet.id) await assign(there, wanted.name, droplet.id, at)
    await madeAndNoted(wanted, at)
  },
}

/** Makes the address of a droplet that is there and has none, and notes on the droplet which it is. */
export async function madeAndNoted({ name }: ReservedIpWanted, at: At): Promise<void> {
  const { account, org } = at
  const droplet = dropletOf(await account.read(), org.name, name)
  if (!droplet) return
  if (!reservedIpOf(name, await account.read(), org)) await withinLimit(limitOf(name), () => make(name, droplet.id, at))
  account.stale()
  const now = await account.read()
  const one = reservedIpOf(name, now, org)
  const isNoted = one && dropletOf(now, org.name, name)?.tags.includes(addressTag(org.name, name, one.ip))
  if (one && !isNoted) await note(one, name, droplet.id, at)
}

const note = ({ ip }: ReservedIp, host: string, droplet: number, { account, org }: At): Promise<void> =>
  giveTag(account.api, addressTag(org.name, host, ip), { id: droplet, type: 'droplet' })

const limitOf = (host: string) => ({
  what: `the reserved IP of ${host}`,
  less: `release one that nobody needs (https://cloud.digitalocean.com/networking/reserved_ips), or take reservedIp: true from ${host}`,
})

/** The reserved address of a host: the one that leads to its droplet, or that was noted as its own; undefined: there is none. */
export function reservedIpOf(host: string, objects: Objects, org: Org): ReservedIp | undefined {
  const droplet = dropletOf(objects, org.name, host)
  const tags = [...(droplet?.tags ?? []), ...objects.tags.map(({ id }) => id)]
  const noted = addressesIn(tags, org.name, host)
  return (
    objects.reservedIps.find((one) => droplet && one.droplet?.id === droplet.id) ??
    objects.reservedIps.find(({ ip }) => noted.includes(ip))
  )
}

function leadsTo({ droplet }: ReservedIp, objects: Objects, org: Org): string {
  if (!droplet) return 'nothing'
  const one = objects.droplets.find(({ id }) => id === droplet.id)
  return (one && hostOf(one, org)) ?? `the droplet ${droplet.id}`
}

// Made for the droplet, never for the region alone: an address whose answer is lost is then found by the droplet, which has no second
// one. Noted before it leads there: where that fails, the next run takes this one.
async function make(host: string, droplet: number, at: At): Promise<void> {
  const { account, signal } = at
  const led = async () => {
    account.stale()
    return (await account.read()).reservedIps.some((one) => one.droplet?.id === droplet)
  }
  await madeOnce(
    async () => {
      const begin = () => account.api.post('/v2/reserved_ips', { droplet_id: droplet }, newReservedIp)
      const { reserved_ip: one, links } = await whenIdle(begin, host, signal)
      await note(one, host, droplet, at)
      await untilItLeads(one, droplet, links?.actions?.[0]?.id, at)
    },
    led,
    signal,
    true,
  )
}

async function assign(
  { ip }: ReservedIp,
  host: string,
  droplet: number,
  { account: { api }, signal }: At,
): Promise<void> {
  const isSo = async () => (await api.get(`/v2/reserved_ips/${ip}`, oneReservedIp))?.reserved_ip.droplet?.id === droplet
  await madeOnce(
    async () => {
      const body = { type: 'assign', droplet_id: droplet }
      const begin = () => api.post(`/v2/reserved_ips/${ip}/actions`, body, oneAction)
      const { action } = await whenIdle(begin, host, signal)
      await untilDone(api, action, namesOf(ip), signal)
    },
    isSo,
    signal,
    true,
  )
}

const namesOf = (ip: string) => ({
  what: `assigning of ${ip}`,
  see: 'networking/reserved_ips',
})

async function untilItLeads(
  one: ReservedIp,
  droplet: number,
  action: number | undefined,
  { account: { api, made }, signal }: At,
): Promise<void> {
  const started = performance.now()
  for (let wait = 300; ; wait = 2000) {
    const now = (await api.get(`/v2/reserved_ips/${one.ip}`, oneReservedIp))?.reserved_ip
    if (now?.droplet?.id === droplet) return made({ reservedIps: [now] })
    const ended = action === undefined ? undefined : (await api.get(`/v2/actions/${action}`, oneAction))?.action
    if (ended?.status === 'errored') await untilDone(api, ended, namesOf(one.ip), signal)
    if (performance.now() - started > LEADS_SECONDS * 1000)
      throw new Fault(`The reserved IP ${one.ip} does not lead to its droplet.`, {
        because: `it was made ${LEADS_SECONDS} s ago for the droplet ${droplet}`,
        try: 'look at https://cloud.digitalocean.com/networking/reserved_ips; the same command goes on where this stopped',
      })
    await later(wait, undefined, { signal })
  }
}
