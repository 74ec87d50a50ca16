import type { DropletWish } from '../../../inventory/droplet-wish.ts'
import type { Host, HostWish, Org } from '../../../inventory/org.ts'

/** A host that is a droplet. */
export type DropletHost = HostWish & { readonly droplet: DropletWish }

/** The hosts of an organization that are droplets. */
export const dropletHosts = (org: Org): readonly DropletHost[] =>
  org.hosts.filter((host): host is Host & DropletHost => host.droplet !== undefined)
