import type { Org } from '../../../inventory/org.ts'
import type { Objects } from '../../digitalocean/lists.ts'
import type { InPulumi } from '../kinds.ts'
import type { Part } from '../part.ts'
import { clusterParts, databaseParts, trustedParts, userParts } from './databases.ts'
import { dnsParts, zoneParts } from './dns.ts'
import { dropletParts, keyParts } from './droplets.ts'
import { firewallParts, reservedIpParts, vpcParts } from './network.ts'
import type { Now, Parts } from './now.ts'
import { projectParts } from './project.ts'
import { bucketParts, volumeParts } from './storage.ts'

const PARTS: { readonly [W in InPulumi as W['kind']]: Parts<W> } = {
  'ssh-key': keyParts,
  firewall: firewallParts,
  vpc: vpcParts,
  droplet: dropletParts,
  volume: volumeParts,
  'reserved-ip': reservedIpParts,
  zone: zoneParts,
  'dns-name': dnsParts,
  'database-cluster': clusterParts,
  'trusted-sources': trustedParts,
  database: databaseParts,
  'database-user': userParts,
  bucket: bucketParts,
  project: projectParts,
}

/** An object of the list as resources of Pulumi; none where what it needs is made by a call and is not there yet. */
export const partsOf = (wanted: InPulumi, now: Now): readonly Part[] =>
  (PARTS[wanted.kind] as unknown as Parts<InPulumi>)(wanted, now)

/** The whole list as resources of Pulumi, as the lists of the API tell what is there. */
export const partsNow = (
  org: Org,
  list: readonly InPulumi[],
  objects: Objects,
  replaced: readonly string[] = [],
  userData: ReadonlyMap<string, string> = new Map(),
): readonly Part[] => list.flatMap((wanted) => partsOf(wanted, { org, objects, replaced, userData }))
