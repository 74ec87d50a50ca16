import type { DropletWish, Host, HostWish, OpenPort, Org } from '../../inventory/org.ts'
import { type DropletWanted, dropletWanted } from './droplet.ts'
import { type FirewallWanted, firewallWanted } from './firewall.ts'
import { type SshKeyWanted, sshKeysWanted } from './ssh-key.ts'

/** One object at DigitalOcean as the inventory wants it: nothing but data, from which each way of making it starts. */
export type Wanted = SshKeyWanted | FirewallWanted | DropletWanted

/** A host that is a droplet. */
export type DropletHost = HostWish & { readonly droplet: DropletWish }

/** The hosts of an organization that are droplets. */
export const dropletHosts = (org: Org): readonly DropletHost[] =>
  org.hosts.filter((host): host is Host & DropletHost => host.droplet !== undefined)

/** Everything an organization has there, each behind what it needs. `published` are the ports of its platform. */
export const wantedOf = (org: Org, published: readonly OpenPort[]): readonly Wanted[] => [
  ...sshKeysWanted(org),
  firewallWanted(org, published),
  ...dropletHosts(org).map((host) => dropletWanted(org, host)),
]
