import type { OpenPort, Org } from '../../inventory/org.ts'
import { type DatabaseClusterWanted, databaseClustersWanted } from './databases/cluster-wanted.ts'
import { type InDatabase, inDatabasesWanted } from './databases/in-database.ts'
import { type DropletWanted, dropletWanted } from './droplets/droplet.ts'
import { dropletHosts } from './droplets/droplet-host.ts'
import { type DnsNameWanted, dnsNamesWanted, type NameOfHosts } from './network/dns-name.ts'
import { type FirewallWanted, firewallWanted } from './network/firewall.ts'
import { type ReservedIpWanted, reservedIpsWanted } from './network/reserved-ip.ts'
import { type VpcWanted, vpcsWanted } from './network/vpc.ts'
import { type ZoneWanted, zonesWanted } from './network/zone.ts'
import { type ProjectWanted, projectWanted } from './project.ts'
import { type SshKeyWanted, sshKeysWanted } from './ssh-key.ts'
import { type BucketWanted, bucketsWanted } from './storage/bucket.ts'
import { type RunKeyWanted, runKeysWanted } from './storage/run-key.ts'
import { type SpacesKeyWanted, spacesKeysWanted } from './storage/spaces-key.ts'
import { type VolumeWanted, volumesWanted } from './storage/volume.ts'

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
  | RunKeyWanted
  | BucketWanted
  | SpacesKeyWanted
  | ProjectWanted

/** Everything an organization has there, each behind what it needs. `published` are the ports of its platform, `names` those of its routes. */
export function wantedOf(org: Org, published: readonly OpenPort[], names: readonly NameOfHosts[]): readonly Wanted[] {
  const hosts = dropletHosts(org)
  const all = [
    // First: what a token, a key or a name of a bucket may not is told before anything that costs is made.
    ...runKeysWanted(org),
    ...bucketsWanted(org),
    ...spacesKeysWanted(org),
    ...vpcsWanted(org),
    ...sshKeysWanted(org),
    firewallWanted(org, published),
    ...hosts.map((host) => dropletWanted(org, host)),
    ...databaseClustersWanted(org),
    ...hosts.flatMap((host) => volumesWanted(org, host)),
    ...hosts.flatMap(reservedIpsWanted),
    ...zonesWanted(org),
    ...dnsNamesWanted(org, names),
    ...inDatabasesWanted(org),
  ]
  return [...all, ...projectWanted(org, all)]
}
