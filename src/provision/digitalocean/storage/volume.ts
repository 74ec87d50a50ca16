import { oneAction } from '../../../clients/digitalocean/answers.ts'
import { oneVolume, type Volume } from '../../../clients/digitalocean/volumes.ts'
import type { Org, VolumeWish } from '../../../inventory/org.ts'
import { onlyOne } from '../account.ts'
import { untilDone } from '../act.ts'
import { dropletOf, hostOf } from '../droplets/droplet.ts'
import type { DropletHost } from '../droplets/droplet-host.ts'
import type { At, Kind, Refusal } from '../kind.ts'
import type { Objects } from '../lists.ts'
import { madeOnce } from '../made.ts'
import { hasTag, orgTag } from '../names.ts'

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
    if (!before || changes.region) await make(wanted, at)
    account.stale()
    const one = volumeOf(wanted, await account.read(), org)
    if (!one) return
    if (one.size_gigabytes < wanted.sizeGiB) {
      const now = async () => (await again(one, at)).size_gigabytes === wanted.sizeGiB
      await done(one, { type: 'resize', size_gigabytes: wanted.sizeGiB }, now, at)
    }
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
  )
}

async function attach(one: Volume, { host }: VolumeWanted, at: At): Promise<void> {
  const droplet = dropletOf(await at.account.read(), at.org.name, host)
  if (!droplet || one.droplet_ids?.includes(droplet.id)) return
  for (const id of one.droplet_ids ?? []) {
    const off = async () => !(await again(one, at)).droplet_ids?.includes(id)
    await done(one, { type: 'detach', droplet_id: id }, off, at)
  }
  const on = async () => (await again(one, at)).droplet_ids?.includes(droplet.id) === true
  await done(one, { type: 'attach', droplet_id: droplet.id }, on, at)
}

// An action whose answer is lost may have been taken: then what it does is there a moment later.
async function done(
  { id, name, region }: Volume,
  what: Readonly<Record<string, unknown>> & { readonly type: string },
  isSo: () => Promise<boolean>,
  { account: { api }, signal }: At,
): Promise<void> {
  const body = { ...what, region: region.slug }
  await madeOnce(
    async () => {
      const { action } = await api.post(`/v2/volumes/${id}/actions`, body, oneAction)
      await untilDone(
        api,
        action,
        { what: `${what.type} of the volume ${name}`, at: `block volume ${name}`, see: 'volumes' },
        signal,
      )
    },
    isSo,
    signal,
  )
}

const again = async (one: Volume, { account: { api } }: At): Promise<Volume> =>
  (await api.get(`/v2/volumes/${one.id}`, oneVolume))?.volume ?? one
