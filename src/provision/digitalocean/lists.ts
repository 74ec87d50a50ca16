import type * as z from 'zod'
import {
  type Droplet,
  dropletPage,
  type Firewall,
  firewallPage,
  oneDroplet,
  type SshKey,
  sshKeyPage,
} from '../../clients/digitalocean/answers.ts'
import type { Api, Page } from '../../clients/digitalocean/api.ts'
import { Fault } from '../../engine/fault.ts'
import type { Org } from '../../inventory/org.ts'
import { type BucketNow, readBuckets } from './bucket-list.ts'
import { againCluster, type ClusterNow, readClusters } from './database-lists.ts'
import { firewallName, hasTag, orgTag } from './names.ts'
import { readZones, type Zone } from './zone-list.ts'

/** What an organization has at DigitalOcean, as lists tell it: one call each, however many objects there are. */
export interface Objects {
  readonly droplets: readonly Droplet[]
  readonly firewalls: readonly Firewall[]
  readonly sshKeys: readonly SshKey[]
  readonly zones: readonly Zone[]
  readonly clusters: readonly ClusterNow[]
  readonly buckets: readonly BucketNow[]
}

/** One list of the API, or what takes more calls than that. */
type List<T> = (Paged<T> | { readonly read: (api: Api, org: Org) => Promise<readonly T[]> }) & Again<T>

interface Paged<T> {
  /** Where it is asked. */
  readonly path: (org: Org) => string
  readonly page: z.ZodType<Page<T>>
  /** What of it is the organization's; all, unless said. */
  readonly ours?: (one: T, org: Org) => boolean
}

interface Again<T> {
  /** Reads one by its own address, which may show what lists do not show yet. */
  readonly again?: (api: Api, one: T) => Promise<T | undefined>
}

const LISTS: { readonly [Name in keyof Objects]: List<Objects[Name][number]> } = {
  droplets: {
    path: ({ name }) => dropletsAt(name),
    page: dropletPage,
    again: async (api, { id }) => (await api.get(`/v2/droplets/${id}`, oneDroplet))?.droplet,
  },
  firewalls: {
    path: () => '/v2/firewalls',
    page: firewallPage,
    ours: ({ name }, org) => name === firewallName(org.name),
  },
  sshKeys: { path: () => '/v2/account/keys', page: sshKeyPage },
  // Asked only where the inventory has names, clusters and buckets.
  zones: { read: readZones },
  clusters: { read: readClusters, again: againCluster },
  buckets: { read: (_, org) => readBuckets(org) },
}

/** The list of an organization's droplets. */
export const dropletsAt = (org: string): string => `/v2/droplets?tag_name=${encodeURIComponent(orgTag(org))}`

/** Asks all lists at the same time. They also say whether the token may read what groundwork makes. `made` are objects that lists may not show yet. */
export async function readObjects(api: Api, org: Org, made: readonly Partial<Objects>[]): Promise<Objects> {
  const read = async <Name extends keyof Objects>(name: Name) => [
    name,
    await whole(
      LISTS[name] as unknown as List<{ readonly id: unknown }>,
      api,
      org,
      made.flatMap((one) => [...(one[name] ?? [])]),
    ),
  ]
  const names = Object.keys(LISTS) as (keyof Objects)[]
  const objects = Object.fromEntries(await Promise.all(names.map(read))) as unknown as Objects
  mustShowTags(objects.droplets, org.name)
  return objects
}

async function whole<T extends { readonly id: unknown }>(
  list: List<T>,
  api: Api,
  org: Org,
  made: readonly T[],
): Promise<readonly T[]> {
  const told = 'read' in list ? await list.read(api, org) : await paged(list, api, org)
  const { again = async (_, one) => one } = list
  const late = made.filter(({ id }) => !told.some((one) => one.id === id))
  return [...told, ...(await Promise.all(late.map(async (one) => (await again(api, one)) ?? one)))]
}

const paged = async <T>({ path, page, ours = () => true }: Paged<T>, api: Api, org: Org): Promise<readonly T[]> =>
  (await api.list(path(org), page)).filter((one) => ours(one, org))

// Without the scope tag:read a droplet is listed by its tag and shown without any: ours would look like nobody's, and be made again.
function mustShowTags(droplets: readonly Droplet[], org: string): void {
  const bare = droplets.find((one) => !hasTag(one, orgTag(org)))
  if (!bare) return
  throw new Fault('The token may not read tags, by which droplets are found again. Nothing was changed.', {
    at: 'operator › cloud',
    because: `the droplet ${bare.id} ${bare.name} is listed as one with the tag ${orgTag(org)}, and shown without it`,
    try: 'give the token the scope tag:read as well: https://cloud.digitalocean.com/account/api/tokens',
  })
}
