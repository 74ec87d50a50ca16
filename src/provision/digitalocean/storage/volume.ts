import { Refused } from '../../../clients/digitalocean/faults.ts'
import { oneVolume, type Volume } from '../../../clients/digitalocean/volumes.ts'
import { Fault } from '../../../engine/fault.ts'
import type { VolumeWish } from '../../../inventory/droplet-wish.ts'
import type { Org } from '../../../inventory/org.ts'
import { onlyOne } from '../account.ts'
import { dropletOf, hostOf } from '../droplets/droplet.ts'
import type { DropletHost } from '../droplets/droplet-host.ts'
import type { At, Kind, Refusal } from '../kind.ts'
import type { Objects } from '../lists.ts'
import { madeOnce } from '../made.ts'
import { hasTag, orgTag } from '../names.ts'
import { withinLimit } from '../within-limit.ts'
import { volumeAction } from './volume-action.ts'

/** A block volume, attached to a host's droplet. It is empty when it is made: the host itself formats it. */
export interface VolumeWanted {
  readonly kind: 'volume'
  readonly name: string
  /** A slug: a volume cannot leave its region. */
  readonly region: string
  readonly sizeGiB: number
  /** The host to whose droplet it is attached. */
  readonly host: string
  readonly tags: readonly string[]
}

export const volumesWanted = (org: Org, host: DropletHost): readonly VolumeWanted[] =>
  host.droplet.volumes.map(({ name, sizeGiB }: VolumeWish) => ({
    kind: 'volume',
    name,
    region: host.droplet.region,
    sizeGiB,
    host: host.name,
    tags: [orgTag(org.name)],
  }))

/** Found by its name and the organization's tag. It is never deleted, and never made smaller. */
export const volume: Kind<VolumeWanted> = {
  title: ({ name }) => `block volume ${name}`,
  needsHosts: true,
  desired: ({ region, sizeGiB, host }) => ({ region, size: `${sizeGiB} GiB`, 'attached to': host }),
  actual: (wanted, objects, org) => {
    const one = volumeOf(wanted, objects, org)
    return (
      one && {
        region: one.region.slug,
        size: `${one.size_gigabytes} GiB`,
        'attached to': hostWith(one, objects, org) ?? 'nothing',
      }
    )
  },
  interrupts: ({ name, host }, keys) =>
    keys.includes('attached to') ? `${name} is attached to ${host}: what uses it stops for a moment` : undefined,
  kept: { another: ['region'], loses: ({ name }) => `what is on ${name}` },
  refuses,
  fix: async (wanted, changes, at) => {
    const { org, account } = at
    const before = volumeOf(wanted, await account.read(), org)
    if (!before || changes.region) await withinLimit(limitOf(wanted), () => make(wanted, at))
    account.stale()
    const one = volumeOf(wanted, await account.read(), org)
    if (!one) return
    if (one.size_gigabytes < wanted.sizeGiB) await withinLimit(limitOf(wanted), () => grow(one, wanted, at))
    await attach(one, wanted, at)
  },
}

/** The volume of this name that has the organization's tag; where it is in several regions, the one that is wanted. */
export function volumeOf({ name, region }: VolumeWanted, { volumes }: Objects, org: Org): Volume | undefined {
  const ours = volumes.filter((one) => one.name === name && hasTag({ tags: one.tags ?? [] }, orgTag(org.name)))
  const here = ours.filter((one) => one.region.slug === region)
  return onlyOne(here.length ? here : ours, `the volume ${name}`, ({ id, region: { slug } }) => `${id} in ${slug}`)
}

function refuses(wanted: VolumeWanted, objects: Objects, org: Org): Refusal | undefined {
  const { name, region, sizeGiB, host } = wanted
  const one = volumeOf(wanted, objects, org)
  const other = objects.volumes.find((its) => its.name === name && its.region.slug === region && its.id !== one?.id)
  if (other && one?.region.slug !== region)
    return {
      because: `a volume ${name} is in ${region} already (${other.id}), without the tag ${orgTag(org.name)}: it is somebody else's`,
      try: `give yours another name; or, where it is yours, give it that tag: doctl compute volume list, then POST /v2/tags/${orgTag(org.name)}/resources`,
    }
  if (!one) return undefined
  if (one.region.slug === region && one.size_gigabytes > sizeGiB)
    return {
      because: `the volume ${name} has ${one.size_gigabytes} GiB, and the inventory says ${sizeGiB}: a volume can grow, and never shrink`,
      try: `write sizeGiB: ${one.size_gigabytes}; or copy what is on it to a new, smaller volume with another name`,
    }
  const [droplet] = one.droplet_ids ?? []
  if (droplet === undefined || droplet === dropletOf(objects, org.name, host)?.id) return undefined
  const at = objects.droplets.find(({ id }) => id === droplet)
  if (!at)
    return {
      because: `the volume ${name} is attached to the droplet ${droplet}, which is not of ${org.name}`,
      try: `detach it there, if it is not needed: https://cloud.digitalocean.com/volumes`,
    }
  if (at.status === 'off') return undefined
  return {
    because: `the volume ${name} is attached to the droplet ${at.id} ${at.name}, which runs and may be writing to it`,
    try: `shut that droplet down first: doctl compute droplet-action shutdown ${at.id}; or, where nothing there uses it, say so: --allow-replace ${name}`,
    unless: name,
  }
}

const hostWith = (one: Volume, objects: Objects, org: Org): string | undefined => {
  const [id] = one.droplet_ids ?? []
  if (id === undefined) return undefined
  const droplet = objects.droplets.find((its) => its.id === id)
  return (droplet && hostOf(droplet, org)) ?? `the droplet ${id}`
}

// Its region takes no second volume of a name: what is refused as one is ours, made by a call that was lost, or shown by no list yet.
async function make(wanted: VolumeWanted, { org, account, signal }: At): Promise<void> {
  const { api } = account
  const { name, region, sizeGiB, host, tags } = wanted
  const body = { name, region, size_gigabytes: sizeGiB, tags, description: `groundwork ${org.name}, ${host}` }
  await madeOnce(
    async () => account.made({ volumes: [(await api.post('/v2/volumes', body, oneVolume)).volume] }),
    async () => {
      account.stale()
      return volumeOf(wanted, await account.read(), org)?.region.slug === region
    },
    signal,
    true,
  ).catch((error: unknown) => {
    throw error instanceof Refused && error.status === 409 ? taken(wanted, error) : error
  })
}

const taken = ({ name, region }: VolumeWanted, { because }: Refused): Fault =>
  new Fault(`DigitalOcean does not make the volume ${name}: the name is taken in ${region}.`, {
    because: because ?? '',
    try: 'a run that was cut off just now may have made it: give the same command again in a minute\nif it stays so, it is somebody else’s: give yours another name',
  })

const limitOf = ({ name, sizeGiB }: VolumeWanted) => ({
  what: `the volume ${name}`,
  less: `delete volumes and snapshots that nobody needs (https://cloud.digitalocean.com/volumes), or write less than sizeGiB: ${sizeGiB} at ${name}`,
})

const grow = (one: Volume, { sizeGiB, host }: VolumeWanted, at: At): Promise<void> =>
  volumeAction(one, { type: 'resize', size_gigabytes: sizeGiB }, host, ({ size_gigabytes: now }) => now === sizeGiB, at)

async function attach(one: Volume, { host }: VolumeWanted, at: At): Promise<void> {
  const droplet = dropletOf(await at.account.read(), at.org.name, host)
  if (!droplet || one.droplet_ids?.includes(droplet.id)) return
  await detach(one, at)
  await volumeAction(one, { type: 'attach', droplet_id: droplet.id }, host, isAt(droplet.id), at)
}

const isAt =
  (id: number) =>
  (now: Volume): boolean =>
    now.droplet_ids?.includes(id) === true

/** Takes a volume off another host's droplet, as far as `refuses` lets it. */
export async function detachFromOthers(wanted: VolumeWanted, at: At): Promise<void> {
  const objects = await at.account.read()
  const one = volumeOf(wanted, objects, at.org)
  const droplet = dropletOf(objects, at.org.name, wanted.host)
  if (one?.region.slug === wanted.region && !one.droplet_ids?.includes(droplet?.id ?? 0)) await detach(one, at)
}

async function detach(one: Volume, at: At): Promise<void> {
  for (const id of one.droplet_ids ?? [])
    await volumeAction(one, { type: 'detach', droplet_id: id }, String(id), (now) => !isAt(id)(now), at)
}
