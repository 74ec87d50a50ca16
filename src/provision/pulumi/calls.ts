import { madeClosed } from '../digitalocean/databases/cluster-changes.ts'
import type { DatabaseClusterWanted } from '../digitalocean/databases/cluster-wanted.ts'
import type { At } from '../digitalocean/kind.ts'
import type { DnsNameWanted } from '../digitalocean/network/dns-name.ts'
import { clearName, spareGone } from '../digitalocean/network/dns-records.ts'
import { madeAndNoted, type ReservedIpWanted } from '../digitalocean/network/reserved-ip.ts'
import { vpc, vpcOf, vpcsWanted } from '../digitalocean/network/vpc.ts'
import { differing, kindOf } from '../digitalocean/resource-of.ts'
import { detachFromOthers, type VolumeWanted } from '../digitalocean/storage/volume.ts'
import type { InPulumi } from './kinds.ts'

type Call<W extends InPulumi> = (wanted: W, at: At) => Promise<unknown>
type Calls = { readonly [W in InPulumi as W['kind']]?: Call<W> }

/** What Pulumi's provider does with less care than groundwork, or not at all, and what must be so before it begins. */
const BEFORE: Calls = {
  // Pulumi's would stand open to everybody until its trusted sources are made.
  'database-cluster': closedInItsNetwork as Call<DatabaseClusterWanted>,
  // Pulumi's would be nobody's, if the answer is lost.
  'reserved-ip': madeAndNoted as Call<ReservedIpWanted>,
  volume: detachFromOthers as Call<VolumeWanted>,
  'dns-name': clearName as Call<DnsNameWanted>,
}

/** What Pulumi does not know, and is not to be there any more. */
const AFTER: Calls = { 'dns-name': spareGone as Call<DnsNameWanted> }

// A cluster stays in the network that it was made in, and the program's comes behind this.
async function closedInItsNetwork(wanted: DatabaseClusterWanted, at: At): Promise<void> {
  const network = vpcsWanted(at.org).find(({ name }) => name === wanted.vpc)
  if (network && !vpcOf(await at.account.read(), network.name)) {
    await vpc.fix(network, {}, at)
    at.account.stale()
  }
  await madeClosed(wanted, at)
}

/** Makes the calls that come before Pulumi, for what is not as it is wanted. */
export const before = (list: readonly InPulumi[], at: At): Promise<void> => called(BEFORE, list, at)

/** Makes those that come after it. */
export const after = (list: readonly InPulumi[], at: At): Promise<void> => called(AFTER, list, at)

async function called(calls: Calls, list: readonly InPulumi[], at: At): Promise<void> {
  for (const wanted of list) {
    const call = calls[wanted.kind] as Call<InPulumi> | undefined
    if (!call || (await isSo(wanted, at))) continue
    await call(wanted, at)
    at.account.stale()
  }
}

/** It is there, and in nothing other than it is wanted. */
export async function isSo(wanted: InPulumi, { org, account }: At): Promise<boolean> {
  const objects = await account.read()
  return kindOf(wanted).actual(wanted, objects, org) !== undefined && !differing(org, wanted, objects).length
}
