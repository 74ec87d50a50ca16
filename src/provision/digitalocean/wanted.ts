import type { OpenPort, Org } from '../../inventory/org.ts'
import { type BucketWanted, bucketsWanted } from './bucket.ts'
import { type DatabaseClusterWanted, databaseClustersWanted } from './database-cluster.ts'
import { type DnsNameWanted, dnsNamesWanted, type NameOfHosts } from './dns-name.ts'
import { type DropletWanted, dropletWanted } from './droplet.ts'
import { dropletHosts } from './droplet-host.ts'
import { type FirewallWanted, firewallWanted } from './firewall.ts'
import { type InDatabase, inDatabasesWanted } from './in-database.ts'
import { type ProjectWanted, projectWanted } from './project.ts'
import { type ReservedIpWanted, reservedIpsWanted } from './reserved-ip.ts'
import { type SshKeyWanted, sshKeysWanted } from './ssh-key.ts'
import { type VolumeWanted, volumesWanted } from './volume.ts'
import { type VpcWanted, vpcsWanted } from './vpc.ts'
import { type ZoneWanted, zonesWanted } from './zone.ts'

/** One object at DigitalOcean as the inventory wants it: nothing but data, from which each way of making it starts. */
export type Wanted =
  | SshKeyWanted
  | FirewallWanted
  | VpcWanted
  | DropletWanted
  | DatabaseClusterWanted
  | VolumeWanted
  | ReservedIpWanted
  | ZoneWanted
  | DnsNameWanted
  | InDatabase
  | BucketWanted
  | ProjectWanted

/** Everything an organization has there, each behind what it needs. `published` are the ports of its platform, `names` those of its routes. */
export function wantedOf(org: Org, published: readonly OpenPort[], names: readonly NameOfHosts[]): readonly Wanted[] {
  const hosts = dropletHosts(org)
  const all = [
    ...sshKeysWanted(org),
    firewallWanted(org, published),
    ...vpcsWanted(org),
    ...hosts.map((host) => dropletWanted(org, host)),
    ...databaseClustersWanted(org),
    ...hosts.flatMap((host) => volumesWanted(org, host)),
    ...hosts.flatMap(reservedIpsWanted),
    ...zonesWanted(org),
    ...dnsNamesWanted(org, names),
    ...inDatabasesWanted(org),
    ...bucketsWanted(org),
  ]
  return [...all, ...projectWanted(org, all)]
}
