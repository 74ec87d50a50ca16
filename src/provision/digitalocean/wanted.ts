import type { OpenPort, Org } from '../../inventory/org.ts'
import { type BucketWanted, bucketsWanted } from './bucket.ts'
import { type DatabaseClusterWanted, databaseClustersWanted } from './database-cluster.ts'
import { type DnsNameWanted, dnsNamesWanted, type NameOfHosts } from './dns-name.ts'
import { type DropletWanted, dropletWanted } from './droplet.ts'
import { dropletHosts } from './droplet-host.ts'
import { type FirewallWanted, firewallWanted } from './firewall.ts'
import { type InDatabase, inDatabasesWanted } from './in-database.ts'
import { type SshKeyWanted, sshKeysWanted } from './ssh-key.ts'
import { type ZoneWanted, zonesWanted } from './zone.ts'

/** One object at DigitalOcean as the inventory wants it: nothing but data, from which each way of making it starts. */
export type Wanted =
  | SshKeyWanted
  | FirewallWanted
  | DropletWanted
  | DatabaseClusterWanted
  | ZoneWanted
  | DnsNameWanted
  | InDatabase
  | BucketWanted

/** Everything an organization has there, each behind what it needs. `published` are the ports of its platform, `names` those of its routes. */
export const wantedOf = (
  org: Org,
  published: readonly OpenPort[],
  names: readonly NameOfHosts[],
): readonly Wanted[] => [
  ...sshKeysWanted(org),
  firewallWanted(org, published),
  ...dropletHosts(org).map((host) => dropletWanted(org, host)),
  ...databaseClustersWanted(org),
  ...zonesWanted(org),
  ...dnsNamesWanted(org, names),
  ...inDatabasesWanted(org),
  ...bucketsWanted(org),
]
