import { clusterOf, type DatabaseClusterWanted } from '../../digitalocean/databases/cluster-wanted.ts'
import type {
  DatabaseUserWanted,
  DatabaseWanted,
  TrustedSourcesWanted,
} from '../../digitalocean/databases/in-database.ts'
import { type Parts, withOthers } from './now.ts'

/** The cluster itself is made by a call: Pulumi cannot say who may connect when it is made, and without that everybody may. */
export const clusterParts: Parts<DatabaseClusterWanted> = (wanted, { org, objects }) => {
  const { name, fullName, version, size, region, nodes, tags } = wanted
  const one = clusterOf(objects, org.name, name)
  if (!one) return []
  return [
    {
      type: 'DatabaseCluster',
      name,
      of: name,
      id: one.id,
      inputs: {
        name: fullName,
        engine: 'pg',
        version,
        size,
        region,
        nodeCount: nodes,
        tags: withOthers(tags, one.tags),
      },
      kept: true,
      once: ['privateNetworkUuid', 'projectId', 'storageSizeMib', 'maintenanceWindows'],
    },
  ]
}

/** Kept: taken away, everybody may connect. */
export const trustedParts: Parts<TrustedSourcesWanted> = ({ name, rules }, { org, objects }) => {
  const one = clusterOf(objects, org.name, name)
  if (!one || one.status === 'creating') return []
  return [
    {
      type: 'DatabaseFirewall',
      name,
      of: name,
      id: `${one.id}-`,
      adoptedAs: one.id,
      inputs: { clusterId: one.id, rules: rules.map(({ type, value }) => ({ type, value })) },
      kept: true,
      after: [`DatabaseCluster ${name}`],
    },
  ]
}

export const databaseParts: Parts<DatabaseWanted> = ({ name, cluster }, { org, objects }) => {
  const one = clusterOf(objects, org.name, cluster)
  if (!one || one.status === 'creating') return []
  return [
    {
      type: 'DatabaseDb',
      name: `${cluster}/${name}`,
      of: name,
      ...(one.databases.includes(name)
        ? { id: `${one.id}/database/${name}`, adoptedAs: `${one.id},${name}` }
        : { id: undefined }),
      inputs: { clusterId: one.id, name },
      kept: true,
      after: [`DatabaseCluster ${cluster}`],
    },
  ]
}

/** Its password is in the state, encrypted. */
export const userParts: Parts<DatabaseUserWanted> = ({ name, cluster }, { org, objects }) => {
  const one = clusterOf(objects, org.name, cluster)
  if (!one || one.status === 'creating') return []
  return [
    {
      type: 'DatabaseUser',
      name: `${cluster}/${name}`,
      of: name,
      ...(one.users.includes(name)
        ? { id: `${one.id}/user/${name}`, adoptedAs: `${one.id},${name}` }
        : { id: undefined }),
      inputs: { clusterId: one.id, name },
      kept: true,
      once: ['settings', 'mysqlAuthPlugin'],
      after: [`DatabaseCluster ${cluster}`],
    },
  ]
}
