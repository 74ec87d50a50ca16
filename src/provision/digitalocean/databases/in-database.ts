import { whatever } from '../../../clients/digitalocean/answers.ts'
import type { Org } from '../../../inventory/org.ts'
import type { At, Kind } from '../kind.ts'
import type { Left } from '../left.ts'
import type { Objects } from '../lists.ts'
import { madeOnce } from '../made.ts'
import { untilOnline } from './cluster-online.ts'
import { clusterOf, type Rule, rulesOf, wishes } from './cluster-wanted.ts'
import { fullNameOf } from './database-lists.ts'

/** Who may connect to a cluster. */
export interface TrustedSourcesWanted {
  readonly kind: 'trusted-sources'
  /** The cluster's. */
  readonly name: string
  readonly rules: readonly Rule[]
}

/** A database in a cluster. */
export interface DatabaseWanted {
  readonly kind: 'database'
  readonly name: string
  readonly cluster: string
}

/** A user of a cluster; the provider makes the password. */
export interface DatabaseUserWanted {
  readonly kind: 'database-user'
  readonly name: string
  readonly cluster: string
}

/** What is in a cluster, or leads there. */
export type InDatabase = TrustedSourcesWanted | DatabaseWanted | DatabaseUserWanted

export const inDatabasesWanted = (org: Org): readonly InDatabase[] =>
  wishes(org).flatMap(({ name: cluster, trusted, databases, users }): readonly InDatabase[] => [
    { kind: 'trusted-sources', name: cluster, rules: rulesOf(org.name, trusted) },
    ...databases.map((name) => ({ kind: 'database' as const, name, cluster })),
    ...users.map((name) => ({ kind: 'database-user' as const, name, cluster })),
  ])

export const trustedSources: Kind<TrustedSourcesWanted> = {
  title: ({ name }) => `trusted sources of the database ${name}`,
  needsHosts: true,
  desired: ({ rules }) => ({ sources: words(rules) }),
  actual: ({ name }, objects, org) => {
    const one = usable(objects, org, name)
    return one && { sources: words(one.rules) }
  },
  fix: async ({ name, rules }, _, at) => {
    const one = await untilOnline(name, at)
    if (words(one.rules) !== words(rules)) await at.account.api.put(`/v2/databases/${one.id}/firewall`, { rules })
  },
}

export const database: Kind<DatabaseWanted> = {
  title: ({ name, cluster }) => `database ${name} in ${cluster}`,
  needsHosts: true,
  desired: ({ name }) => ({ name }),
  actual: ({ name, cluster }, objects, org) =>
    usable(objects, org, cluster)?.databases.includes(name) ? { name } : undefined,
  fix: ({ name, cluster }, _, at) => inside(cluster, 'dbs', name, at, (one) => one.databases.includes(name)),
}

export const databaseUser: Kind<DatabaseUserWanted> = {
  title: ({ name, cluster }) => `database user ${name} in ${cluster}`,
  needsHosts: true,
  desired: ({ name }) => ({ name }),
  actual: ({ name, cluster }, objects, org) =>
    usable(objects, org, cluster)?.users.includes(name) ? { name } : undefined,
  fix: ({ name, cluster }, _, at) => inside(cluster, 'users', name, at, (one) => one.users.includes(name)),
}

/** What is in the clusters, or is one, and is not in the inventory, in words: it has data, and stays. */
export function leftDatabases(objects: Objects, org: Org): readonly Left[] {
  const known = wishes(org).flatMap((wish) => {
    const one = clusterOf(objects, org.name, wish.name)
    return one ? [{ wish, one }] : []
  })
  const clusters = objects.clusters
    .filter(({ id }) => !known.some(({ one }) => one.id === id))
    .map(({ id, name }) => ({
      list: 'clusters' as const,
      name: name.replace(fullNameOf(org.name, ''), ''),
      text: `The database cluster ${name} has the tag of ${org.name}, and the inventory does not name it: it runs on, and costs. To let it go: https://cloud.digitalocean.com/databases/${id}`,
    }))
  const inside = known.flatMap(({ wish, one }) => [
    ...one.databases
      .filter((name) => name !== 'defaultdb' && !wish.databases.includes(name))
      .map((name) =>
        leftIn(
          wish.name,
          `The database ${name} in ${wish.name} is not in the inventory: it stays, with what is in it.`,
        ),
      ),
    ...one.users
      .filter((name) => name !== 'doadmin' && !wish.users.includes(name))
      .map((name) =>
        leftIn(
          wish.name,
          `The user ${name} of the database ${wish.name} is not in the inventory: it stays, and may log in.`,
        ),
      ),
  ])
  return [...clusters, ...inside]
}

const leftIn = (cluster: string, text: string): Left => ({ list: 'clusters', name: cluster, text })

const words = (rules: readonly { readonly type: string; readonly value: string }[]): string =>
  rules
    .map(({ type, value }) => (type === 'ip_addr' ? value.replace(/\/32$/, '') : `${type} ${value}`))
    .sort()
    .join(', ') || 'everybody'

function usable(objects: Objects, org: Org, cluster: string) {
  const one = clusterOf(objects, org.name, cluster)
  return one?.status === 'creating' ? undefined : one
}

async function inside(
  cluster: string,
  where: 'dbs' | 'users',
  name: string,
  at: At,
  has: (one: Awaited<ReturnType<typeof untilOnline>>) => boolean,
): Promise<void> {
  const { id } = await untilOnline(cluster, at)
  const { account, org, signal } = at
  const isThere = async () => {
    account.stale()
    const one = clusterOf(await account.read(), org.name, cluster)
    return one !== undefined && has(one)
  }
  await madeOnce(() => account.api.post(`/v2/databases/${id}/${where}`, { name }, whatever), isThere, signal, true)
}
