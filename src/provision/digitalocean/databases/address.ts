import { Fault } from '../../../engine/fault.ts'
import { Secret } from '../../../engine/secret.ts'
import type { Org } from '../../../inventory/org.ts'
import { dropletOf } from '../droplets/droplet.ts'
import type { Objects } from '../lists.ts'
import { clusterOf } from './cluster-wanted.ts'
import type { ClusterNow } from './database-lists.ts'

/** What a service is to know of a cluster: its address, a user's password, or both in one for a database. */
export type OfCluster = { readonly cluster: string } & (
  | { readonly as: 'host' | 'port' }
  | { readonly as: 'password'; readonly user: string }
  | { readonly as: 'url'; readonly user: string; readonly database: string }
)

/**
 * It, as the lists tell it; undefined: it is not there yet. The private address where every host is in the cluster's network.
 * @throws Fault where the token may not see a password
 */
export function ofCluster(org: Org, objects: Objects, wanted: OfCluster): Secret | undefined {
  const one = clusterOf(objects, org.name, wanted.cluster)
  const address = one && one.status !== 'creating' ? addressFor(org, objects, one) : undefined
  if (!one || !address) return undefined
  if (!('user' in wanted)) return new Secret(wanted.as === 'host' ? address.host : String(address.port))
  if (!one.users.includes(wanted.user)) return undefined
  const password = one.passwords.get(wanted.user)
  if (!password) throw maySeeNone(wanted.cluster, wanted.user)
  if (wanted.as === 'password') return password
  const [user, secret, database] = [wanted.user, password.reveal(), wanted.database].map(encodeURIComponent)
  // DigitalOcean takes no connection without TLS.
  return new Secret(`postgresql://${user}:${secret}@${address.host}:${address.port}/${database}?sslmode=require`)
}

function addressFor({ name, hosts }: Org, objects: Objects, one: ClusterNow) {
  const networks = hosts.map((host) => host.droplet && dropletOf(objects, name, host.name)?.vpc_uuid)
  const isInside = networks.every((network) => network && network === one.private_network_uuid)
  return (isInside && one.private_connection) || one.connection || undefined
}

const maySeeNone = (cluster: string, user: string): Fault =>
  new Fault('The token may not see passwords of databases, and the platform needs one.', {
    at: 'digitalocean.token',
    because: `DigitalOcean tells the user ${user} of ${cluster} without a password: the token lacks the scope database:view_credentials`,
    try: 'give it that: https://cloud.digitalocean.com/account/api/tokens',
  })
