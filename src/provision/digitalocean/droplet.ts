import { setTimeout as later } from 'node:timers/promises'
import { type Droplet, oneDroplet, whatever } from '../../clients/digitalocean/answers.ts'
import { told } from '../../clients/digitalocean/faults.ts'
import { Fault } from '../../engine/fault.ts'
import { type Changes, type Resource, resource } from '../../engine/resource.ts'
import type { DropletWish, HostWish, Org } from '../../inventory/org.ts'
import { userDataFor } from '../first-contact/index.ts'
import { type Account, dropletOf, hasTag } from './account.ts'
import { act } from './act.ts'
import { madeOnce } from './made.ts'
import { hostTag, orgTag } from './names.ts'
import { mustBeOffered, withOffer } from './offer.ts'
import { md5Of } from './ssh-key.ts'

const GONE_SECONDS = 120

/** A droplet, by its tag. What makes it another one (region, image) is only done where `--allow-replace` names it. */
export function droplet(
  org: Org,
  host: HostWish & { readonly droplet: DropletWish },
  account: Account,
  there: Droplet | undefined,
): Resource {
  const { region, size, backups } = host.droplet
  const desired = { region, image: imageOf(host), size, backups: yes(backups), tags: words(tagsOf(org.name, host)) }
  const found = async () => dropletOf(await account.read(), org.name, host.name)
  const of = (say: (one: Droplet) => string) => async () => {
    const one = await found()
    return one && say(one)
  }
  return resource({
    name: `droplet ${host.name}`,
    desired,
    actual: {
      region: of((one) => one.region.slug),
      image: of(imageIn),
      size: of((one) => one.size_slug),
      backups: of((one) => yes(one.features.includes('backups'))),
      tags: of((one) => words(tagsThatCount(one, tagsOf(org.name, host)))),
    },
    ...(there &&
      there.size_slug !== size && { interrupts: `${host.name} is shut down for a minute or two: all that runs there` }),
    ...(there &&
      isAnother(there, host) && {
        destroys: `would be REPLACED: the disk of ${host.name} is lost, and its address (--allow-replace ${host.name})`,
      }),
    fix: (changes) => async (signal) => {
      const now = await found()
      if (now && (changes.region || changes.image)) await remove(now, account, signal)
      if (!now || changes.region || changes.image) await make(org, host, account, signal)
      else await change(now, changes, host, account, signal)
      account.stale()
    },
  })
}

/** Whether a droplet would have to be replaced to be what the inventory says. */
export const isAnother = (one: Droplet, host: HostWish): boolean =>
  host.droplet !== undefined && (one.region.slug !== host.droplet.region || imageIn(one) !== imageOf(host))

const IMAGES = { bookworm: 'debian-12-x64', trixie: 'debian-13-x64' }
const imageOf = ({ release }: HostWish): string => IMAGES[release]

// An image that is no longer offered loses its slug; its name still says what it was.
const imageIn = ({ image: { slug, distribution, name } }: Droplet): string =>
  slug ?? `${distribution?.toLowerCase()}-${name?.replace(/ /g, '-')}`

const tagsOf = (org: string, host: HostWish): readonly string[] => [
  orgTag(org),
  hostTag(org, host.name),
  ...(host.droplet?.tags ?? []),
]

// Tags of others are theirs; ours are told as we write them, since case does not matter there.
const tagsThatCount = (one: Droplet, wanted: readonly string[]): readonly string[] =>
  wanted.filter((tag) => hasTag(one, tag))

const words = (tags: readonly string[]): string => [...tags].sort().join(', ')
const yes = (is: boolean): string => (is ? 'yes' : 'no')

async function make(
  org: Org,
  host: HostWish & { readonly droplet: DropletWish },
  account: Account,
  signal: AbortSignal,
): Promise<void> {
  const { api } = account
  const { region, size, backups, monitoring } = host.droplet
  // The key of its first minutes is remembered here before there is anything that has it.
  const { userData } = await userDataFor(org, host)
  const body = {
    name: host.name,
    region,
    size,
    image: imageOf(host),
    ssh_keys: org.operators.flatMap(({ keys }) => keys).map(md5Of),
    backups,
    monitoring,
    tags: tagsOf(org.name, host),
    user_data: userData.reveal(),
  }
  const isThere = async () => {
    account.stale()
    return dropletOf(await account.read(), org.name, host.name) !== undefined
  }
  await withOffer(account.api, host, () =>
    madeOnce(
      async () => account.made({ droplets: [(await api.post('/v2/droplets', body, oneDroplet)).droplet] }),
      isThere,
      signal,
    ),
  )
}

async function change(
  one: Droplet,
  changes: Changes,
  host: HostWish,
  account: Account,
  signal: AbortSignal,
): Promise<void> {
  const { api } = account
  if (changes.tags) {
    for (const tag of String(changes.tags.to).split(', ')) {
      await told(() => api.post('/v2/tags', { name: tag }, whatever))
      const resources = [{ resource_id: String(one.id), resource_type: 'droplet' }]
      await told(() => api.post(`/v2/tags/${encodeURIComponent(tag)}/resources`, { resources }, whatever))
    }
  }
  if (changes.backups)
    await act(api, one, { type: changes.backups.to === 'yes' ? 'enable_backups' : 'disable_backups' }, signal)
  if (changes.size) {
    const size = String(changes.size.to)
    await mustBeOffered(api, host, size)
    if (one.status === 'active')
      await act(api, one, { type: 'shutdown' }, signal).catch(() => act(api, one, { type: 'power_off' }, signal))
    try {
      // The disk stays as it is, so that the droplet can be made smaller again.
      await withOffer(api, host, () => act(api, one, { type: 'resize', size, disk: false }, signal))
    } finally {
      // Whatever became of its size, it runs again.
      await act(api, one, { type: 'power_on' }, signal)
    }
  }
}

async function remove(one: Droplet, account: Account, signal: AbortSignal): Promise<void> {
  await account.api.remove(`/v2/droplets/${one.id}`)
  for (let waited = 0; waited < GONE_SECONDS; waited += 2) {
    if (!(await account.api.get(`/v2/droplets/${one.id}`, oneDroplet))) return account.stale()
    await later(2000, undefined, { signal })
  }
  throw new Fault(`The droplet ${one.id} is not gone.`, {
    at: `operator › cloud › droplet ${one.name}`,
    because: `it was deleted ${GONE_SECONDS} s ago, and is still shown`,
    try: 'the same command goes on once it is gone',
  })
}
