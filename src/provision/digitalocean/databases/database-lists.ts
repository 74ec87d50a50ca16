import type { Api } from '../../../clients/digitalocean/api.ts'
import {
  type Cluster,
  clusterPage,
  databaseNames,
  databaseUsers,
  oneCluster,
  trustedSources,
} from '../../../clients/digitalocean/databases.ts'
import type { Secret } from '../../../engine/secret.ts'
import type { AtDigitalOcean } from '../../../inventory/lock-file-schema.ts'
import type { Org } from '../../../inventory/org.ts'
import { orgTag } from '../names.ts'

/** A cluster with what is in it; what is in one that is still being made nobody can say. */
export interface ClusterNow extends Cluster {
  readonly rules: readonly { readonly type: string; readonly value: string }[]
  readonly databases: readonly string[]
  readonly users: readonly string[]
  /** Of its users, by name; without those that the token may not see. */
  readonly passwords: ReadonlyMap<string, Secret>
}

/** The clusters of an organization that wants any, or had one: one list, and three questions to each that is wanted. */
export async function readClusters(
  api: Api,
  { name, digitalocean }: Org,
  { clusters }: AtDigitalOcean,
): Promise<readonly ClusterNow[]> {
  const wanted = (digitalocean?.databases ?? []).map((one) => fullNameOf(name, one.name))
  if (!wanted.length && !clusters?.length) return []
  const all = await api.list(`/v2/databases?tag_name=${encodeURIComponent(orgTag(name))}`, clusterPage)
  return Promise.all(all.map((one) => (wanted.includes(one.name) ? withInside(api, one) : { ...one, ...NOTHING })))
}

/** What is known of the inside of one that is still being made. */
export const NOTHING = { rules: [], databases: [], users: [], passwords: new Map<string, Secret>() }

/** As it is called at the provider, where a name is there once in an account. */
export const fullNameOf = (org: string, name: string): string => `${org}-${name}`

/** One of them, by its own address. */
export async function againCluster(api: Api, { id }: ClusterNow): Promise<ClusterNow | undefined> {
  const one = await api.get(`/v2/databases/${id}`, oneCluster)
  return one && withInside(api, one.database)
}

async function withInside(api: Api, one: Cluster): Promise<ClusterNow> {
  if (one.status === 'creating') return { ...one, ...NOTHING }
  const [sources, databases, users] = await Promise.all([
    api.get(`/v2/databases/${one.id}/firewall`, trustedSources),
    api.get(`/v2/databases/${one.id}/dbs`, databaseNames),
    api.get(`/v2/databases/${one.id}/users`, databaseUsers),
  ])
  return {
    ...one,
    rules: sources?.rules ?? [],
    databases: (databases?.dbs ?? []).map(({ name }) => name),
    users: (users?.users ?? []).map(({ name }) => name),
    passwords: new Map((users?.users ?? []).flatMap(({ name, password }) => (password ? [[name, password]] : []))),
  }
}
