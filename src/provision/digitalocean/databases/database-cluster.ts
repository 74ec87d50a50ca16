import { setTimeout as later } from 'node:timers/promises'
import { whatever } from '../../../clients/digitalocean/answers.ts'
import { type Cluster, databaseOptions, oneCluster } from '../../../clients/digitalocean/databases.ts'
import { Fault } from '../../../engine/fault.ts'
import type { Changes } from '../../../engine/resource.ts'
import type { DatabaseWish, Org } from '../../../inventory/org.ts'
import { onlyOne } from '../account.ts'
import type { At, Kind } from '../kind.ts'
import type { Objects } from '../lists.ts'
import { madeOnce } from '../made.ts'
import { hasTag, orgTag } from '../names.ts'
import { vpcOf, vpcsWanted } from '../network/vpc.ts'
import { type ClusterNow, fullNameOf, NOTHING } from './database-lists.ts'

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

/** Found by tag and name. */
export const databaseCluster: Kind<DatabaseClusterWanted> = {
  title: ({ name }) => `database cluster ${name}`,
  desired: ({ version, size, region, nodes }) => ({ version, size, region, nodes: String(nodes) }),
  actual: ({ name }, objects, org) => {
    const one = clusterOf(objects, org.name, name)
    return one && { version: one.version, size: one.size, region: one.region, nodes: String(one.num_nodes) }
  },
  interrupts: ({ name }) => `connections to the database ${name} break, and what uses it waits`,
  kept: {
    another: ['version'],
    // It upgrades itself, and never goes back.
    inPlace: (_, from, to) => Number(to) > Number(from),
    loses: ({ name }) => `everything in the database ${name}`,
  },
  fix: async (wanted, changes, at) => {
    if (await madeClosed(wanted, at)) return
    const now = clusterOf(await at.account.read(), at.org.name, wanted.name)
    if (now) await change(now, changes, wanted, at)
  },
}

/**
 * Makes a cluster that is not there, or whose version is newer than what is wanted, which only another one can have: closed from its
 * first moment to all but its sources. @returns whether there was anything to make
 */
export async function madeClosed(wanted: DatabaseClusterWanted, at: At): Promise<boolean> {
  const now = clusterOf(await at.account.read(), at.org.name, wanted.name)
  const isNewer = now !== undefined && Number(now.version) > Number(wanted.version)
  if (now && !isNewer) return false
  if (now) await remove(now, at)
  await make(wanted, at)
  return true
}

/** The cluster of this name; undefined: there is none. @throws Fault where there are two */
export const clusterOf = ({ clusters }: Objects, org: string, name: string): ClusterNow | undefined =>
  onlyOne(
    clusters.filter((one) => one.name === fullNameOf(org, name) && hasTag({ tags: one.tags ?? [] }, orgTag(org))),
    `the database cluster ${name}`,
    ({ id, created_at }) => `${id}, made ${created_at}`,
  )

const ONLINE_SECONDS = 1800

/** Waits until a cluster can be used: one that is made takes some minutes. @throws Fault after half an hour */
export async function untilOnline(name: string, { org, account, signal }: At): Promise<ClusterNow> {
  const started = performance.now()
  for (let wait = 500; ; wait = 5000) {
    account.stale()
    const one = clusterOf(await account.read(), org.name, name)
    if (one?.status === 'online') return one
    if (performance.now() - started > ONLINE_SECONDS * 1000)
      throw new Fault(`The database cluster ${name} does not come up.`, {
        at: `operator › cloud › database cluster ${name}`,
        because: `after ${ONLINE_SECONDS / 60} minutes it is ${one?.status ?? 'not there'}`,
        try: 'look at https://cloud.digitalocean.com/databases; the same command goes on waiting',
      })
    await later(wait, undefined, { signal })
  }
}

async function make(wanted: DatabaseClusterWanted, at: At): Promise<void> {
  const { account, signal, org } = at
  const { name, fullName, version, size, region, nodes, tags, rules, vpc } = wanted
  const body = {
    name: fullName,
    engine: 'pg',
    version,
    size,
    region,
    num_nodes: nodes,
    tags,
    rules,
    ...(vpc !== undefined && { private_network_uuid: vpcOf(await account.read(), vpc)?.id }),
  }
  const isThere = async () => {
    account.stale()
    return clusterOf(await account.read(), org.name, name) !== undefined
  }
  await withOptions(wanted, at, () =>
    madeOnce(
      async () => {
        const { database } = await account.api.post('/v2/databases', body, oneCluster)
        account.made({ clusters: [{ ...database, ...NOTHING }] })
      },
      isThere,
      signal,
    ),
  )
}

// One after the other: each has to be over before the next is taken.
async function change(one: Cluster, changes: Changes, wanted: DatabaseClusterWanted, at: At): Promise<void> {
  const { region, size, nodes, version, name } = wanted
  const steps = [
    ...(changes.region ? [['migrate', { region }] as const] : []),
    ...(changes.size || changes.nodes ? [['resize', { size, num_nodes: nodes }] as const] : []),
    ...(changes.version ? [['upgrade', { version }] as const] : []),
  ]
  for (const [what, body] of steps) {
    await untilOnline(name, at)
    await withOptions(wanted, at, () => at.account.api.put(`/v2/databases/${one.id}/${what}`, body))
    await untilOnline(name, at)
  }
}

async function remove({ id, name }: Cluster, { account, signal }: At): Promise<void> {
  await account.api.remove(`/v2/databases/${id}`)
  for (let waited = 0; waited < GONE_SECONDS; waited += 2) {
    if (!(await account.api.get(`/v2/databases/${id}`, whatever))) return account.stale()
    await later(2000, undefined, { signal })
  }
  throw new Fault(`The database cluster ${name} is not gone.`, {
    at: `operator › cloud › database cluster ${name}`,
    because: `it was deleted ${GONE_SECONDS} s ago, and is still shown`,
    try: 'the same command goes on once it is gone',
  })
}

const GONE_SECONDS = 120

/** Does what may be refused for its region, size or version; then the fault says what is offered. */
async function withOptions(wanted: DatabaseClusterWanted, at: At, act: () => Promise<void>) {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof Fault) || !error.because?.startsWith('status 422')) throw error
    throw await refusedSo(wanted, at, error.because)
  }
}

/** What DigitalOcean refused to make of a cluster, with what it offers. */
export async function refusedSo(wanted: DatabaseClusterWanted, { account, org }: At, because: string): Promise<Fault> {
  const answer = await account.api.get('/v2/databases/options', databaseOptions)
  const { regions = [], versions = [], layouts = [] } = answer?.options.pg ?? {}
  const sizes = layouts.find(({ num_nodes }) => num_nodes === wanted.nodes)?.sizes ?? []
  return new Fault(`DigitalOcean does not make the database cluster ${wanted.name} so.`, {
    at: `operator › cloud › database cluster ${wanted.name}`,
    because,
    try: [
      `correct it in ${org.file}; what it has is as it was. There are`,
      `regions   ${regions.join(', ')}`,
      `versions  ${versions.join(', ')}`,
      `sizes     ${sizes.join(', ')}, for ${wanted.nodes} node${wanted.nodes > 1 ? 's' : ''}; never one with less disk than now`,
    ].join('\n'),
  })
}
