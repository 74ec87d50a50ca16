import type { DatabaseWish } from '../../../inventory/digitalocean-wish.ts'
import type { Org } from '../../../inventory/org.ts'
import { onlyOne } from '../account.ts'
import type { Objects } from '../lists.ts'
import { hasTag, orgTag } from '../names.ts'
import { vpcsWanted } from '../network/vpc.ts'
import { type ClusterNow, fullNameOf } from './database-lists.ts'

/** A cluster of managed PostgreSQL. */
export interface DatabaseClusterWanted extends Omit<DatabaseWish, 'databases' | 'users' | 'trusted'> {
  readonly kind: 'database-cluster'
  /** As it is called at the provider, where a name is there once in an account. */
  readonly fullName: string
  readonly tags: readonly string[]
  /** Name of the private network in which it is made; undefined: the provider's default. It stays in the one that it has. */
  readonly vpc: string | undefined
  /** Who may connect, from its first moment on: without any, everybody may. */
  readonly rules: readonly Rule[]
}

/** A trusted source: every droplet with a tag, or an IPv4 address or range. */
export interface Rule {
  readonly type: 'tag' | 'ip_addr'
  readonly value: string
}

export const databaseClustersWanted = (org: Org): readonly DatabaseClusterWanted[] =>
  wishes(org).map(({ name, version, size, region, nodes, trusted }) => ({
    kind: 'database-cluster',
    name,
    version,
    size,
    region,
    nodes,
    fullName: fullNameOf(org.name, name),
    vpc: vpcsWanted(org).find((network) => network.region === region)?.name,
    tags: [orgTag(org.name)],
    rules: rulesOf(org.name, trusted),
  }))

/** The clusters in the inventory. */
export const wishes = ({ digitalocean }: Org): readonly DatabaseWish[] => digitalocean?.databases ?? []

/** The droplets by their tag, so that one made anew is trusted at once. */
export const rulesOf = (org: string, trusted: readonly string[]): readonly Rule[] => [
  { type: 'tag', value: orgTag(org) },
  ...trusted.map((range): Rule => ({ type: 'ip_addr', value: range.replace(/\/32$/, '') })),
]

/** The cluster of this name; undefined: there is none. @throws Fault where there are two */
export const clusterOf = ({ clusters }: Objects, org: string, name: string): ClusterNow | undefined =>
  onlyOne(
    clusters.filter((one) => one.name === fullNameOf(org, name) && hasTag({ tags: one.tags ?? [] }, orgTag(org))),
    `the database cluster ${name}`,
    ({ id, created_at }) => `${id}, made ${created_at}`,
  )
