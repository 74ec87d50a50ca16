import type { Kind } from '../kind.ts'
import { change, madeClosed } from './cluster-changes.ts'
import { clusterOf, type DatabaseClusterWanted } from './cluster-wanted.ts'

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
