import { setTimeout as later } from 'node:timers/promises'
import { whatever } from '../../../clients/digitalocean/answers.ts'
import { type Cluster, oneCluster } from '../../../clients/digitalocean/databases.ts'
import { Fault } from '../../../engine/fault.ts'
import type { Changes } from '../../../engine/resource.ts'
import type { At } from '../kind.ts'
import { madeOnce } from '../made.ts'
import { vpcOf } from '../network/vpc.ts'
import { untilOnline } from './cluster-online.ts'
import { withOptions } from './cluster-refused.ts'
import { clusterOf, type DatabaseClusterWanted } from './cluster-wanted.ts'
import { NOTHING } from './database-lists.ts'

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

/** Moves, resizes and upgrades a cluster, one after the other: each has to be over before the next is taken. */
export async function change(one: Cluster, changes: Changes, wanted: DatabaseClusterWanted, at: At): Promise<void> {
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
