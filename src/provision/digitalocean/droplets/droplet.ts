import { type Droplet, oneDroplet } from '../../../clients/digitalocean/answers.ts'
import { Refused } from '../../../clients/digitalocean/faults.ts'
import type { Org } from '../../../inventory/org.ts'
import { userDataFor } from '../../first-contact/index.ts'
import { onlyOne } from '../account.ts'
import type { At, Kind, Refusal } from '../kind.ts'
import type { Objects } from '../lists.ts'
import { madeOnce } from '../made.ts'
import { hasTag, hostTag, orgTag, vpcName } from '../names.ts'
import { vpcOf } from '../network/vpc.ts'
import { md5Of } from '../ssh-key.ts'
import { askedFor, settled } from './asked-for.ts'
import { changeDroplet, removeDroplet } from './change.ts'
import type { DropletHost } from './droplet-host.ts'
import { withOffer } from './offer.ts'

/** A host's droplet. Its user data is made when it is, with a key of its own. */
export interface DropletWanted {
  readonly kind: 'droplet'
  readonly name: string
  readonly host: DropletHost
  /** A slug, such as `nyc3`; so are `size` and `image`. */
  readonly region: string
  readonly size: string
  readonly image: string
  readonly backups: boolean
  readonly monitoring: boolean
  /** Name of the organization's private network; undefined: the region's default. */
  readonly vpc: string | undefined
  /** Those by which it is found first. */
  readonly tags: readonly string[]
  /** Fingerprints of keys in the account. */
  readonly sshKeys: readonly string[]
}

export const dropletWanted = (org: Org, host: DropletHost): DropletWanted => ({
  kind: 'droplet',
  name: host.name,
  host,
  region: host.droplet.region,
  size: host.droplet.size,
  image: IMAGES[host.release],
  backups: host.droplet.backups,
  monitoring: host.droplet.monitoring,
  vpc: org.digitalocean?.vpc && vpcName(org.name, host.droplet.region),
  tags: [orgTag(org.name), hostTag(org.name, host.name), ...host.droplet.tags],
  sshKeys: org.operators.flatMap(({ keys }) => keys).map(md5Of),
})

// What a droplet has from the moment it is made.
const ANOTHER = ['region', 'image', 'private network']

/** Found by its tag. */
export const droplet: Kind<DropletWanted> = {
  title: ({ name }) => `droplet ${name}`,
  desired: ({ region, image, size, backups, tags, vpc }) => ({
    region,
    ...(vpc !== undefined && { 'private network': vpc }),
    image,
    size,
    backups: yes(backups),
    tags: words(tags),
  }),
  actual: ({ name, tags }, objects, org) => {
    const one = dropletOf(objects, org.name, name)
    return (
      one && {
        region: one.region.slug,
        'private network': objects.vpcs.find(({ id }) => id === one.vpc_uuid)?.name ?? 'another',
        image: imageIn(one),
        size: one.size_slug,
        backups: yes(one.features.includes('backups')),
        // Tags of others are theirs; ours are told as we write them, since case does not matter there.
        tags: words(tags.filter((tag) => hasTag(one, tag))),
      }
    )
  },
  interrupts: ({ name }, keys) =>
    keys.includes('size') ? `${name} is shut down for a minute or two: all that runs there` : undefined,
  kept: { another: ANOTHER, loses: ({ name }) => `the disk of ${name}, with its address,` },
  refuses: mayBeRenamed,
  fix: async (wanted, changes, at) => {
    const now = dropletOf(await at.account.read(), at.org.name, wanted.name)
    const another = ANOTHER.some((key) => changes[key])
    if (now && another) await removeDroplet(now, at)
    if (!now || another) await make(wanted, at)
    else await changeDroplet(now, changes, wanted.host, at)
  },
}

// A host with another name is another host: two of them at work on the same things are worse than none.
function mayBeRenamed({ name }: DropletWanted, objects: Objects, org: Org): Refusal | undefined {
  if (dropletOf(objects, org.name, name)) return undefined
  const names = org.hosts.map((host) => host.name)
  const others = objects.droplets.filter((one) => !names.includes(hostOf(one, org) ?? ''))
  const [first] = others
  if (!first) return undefined
  const olds = others.map((one) => `${one.id} ${one.name}`).join(', ')
  return {
    because: `${name} has no droplet, and of ${olds} no host of the inventory is: a host with another name is made anew, empty, while the old one works on`,
    try: `if ${first.name} is to be ${name}, give it its old name in ${org.file}; if both are meant: --allow-replace ${name}`,
    unless: name,
  }
}

/** The host that a droplet says it is, by its tag. */
export const hostOf = ({ tags }: Droplet, org: Org): string | undefined =>
  tags
    .map((tag) => tag.toLowerCase().split(':'))
    .find(([tool, of, host, ...more]) => tool === 'groundwork' && of === org.name && host && !more.length)?.[2]

/** The droplet of a host; undefined: there is none. @throws Fault where there are two */
export const dropletOf = ({ droplets }: Pick<Objects, 'droplets'>, org: string, host: string): Droplet | undefined =>
  onlyOne(
    droplets.filter((one) => hasTag(one, hostTag(org, host))),
    `the droplet of ${host}`,
    ({ id, name, created_at }) => `${id} ${name}, made ${created_at}`,
  )

const IMAGES = { bookworm: 'debian-12-x64', trixie: 'debian-13-x64' }

// An image that is no longer offered loses its slug; its name still says what it was.
const imageIn = ({ image: { slug, distribution, name } }: Droplet): string =>
  slug ?? `${distribution?.toLowerCase()}-${name?.replace(/ /g, '-')}`

const words = (tags: readonly string[]): string => [...tags].sort().join(', ')
const yes = (is: boolean): string => (is ? 'yes' : 'no')

async function make(wanted: DropletWanted, { org, account, signal }: At): Promise<void> {
  const { api } = account
  const { name, host, region, size, image, backups, monitoring, tags, sshKeys, vpc } = wanted
  // The key of its first minutes is remembered here before there is anything that has it.
  const { userData } = await userDataFor(org, host)
  const body = {
    name,
    region,
    size,
    image,
    ssh_keys: sshKeys,
    backups,
    monitoring,
    tags,
    ...(vpc !== undefined && { vpc_uuid: vpcOf(await account.read(), vpc)?.id }),
    user_data: userData.reveal(),
  }
  const isThere = async () => {
    account.stale()
    return dropletOf(await account.read(), org.name, name) !== undefined
  }
  askedFor(org.name, name)
  await withOffer(api, host, async () => {
    try {
      await madeOnce(
        async () => account.made({ droplets: [(await api.post('/v2/droplets', body, oneDroplet)).droplet] }),
        isThere,
        signal,
      )
    } catch (error) {
      // Of what was refused nothing is to come; of a lost answer nobody knows, from now on.
      if (error instanceof Refused) settled(org.name, [name])
      else askedFor(org.name, name)
      throw error
    }
  })
}
