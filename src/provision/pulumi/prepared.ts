import { spacesKey } from '../../clients/digitalocean/spaces.ts'
import { Fault } from '../../engine/fault.ts'
import type { Org } from '../../inventory/org.ts'
import { untilOnline } from '../digitalocean/databases/cluster-online.ts'
import { refusedSo } from '../digitalocean/databases/cluster-refused.ts'
import { clusterOf } from '../digitalocean/databases/cluster-wanted.ts'
import { askedFor, settled } from '../digitalocean/droplets/asked-for.ts'
import { dropletOf } from '../digitalocean/droplets/droplet.ts'
import type { At } from '../digitalocean/kind.ts'
import type { Objects } from '../digitalocean/lists.ts'
import { anotherOnly } from '../digitalocean/resource-of.ts'
import { userDataFor } from '../first-contact/index.ts'
import type { Job } from './job.ts'
import type { InPulumi } from './kinds.ts'

/** The droplets that are made anew: the flag names them, and what is wanted of them only another one can have. */
export const replacedIn = (
  org: Org,
  list: readonly InPulumi[],
  objects: Objects,
  allowed: readonly string[],
): readonly string[] =>
  list
    .filter((wanted) => wanted.kind === 'droplet' && allowed.includes(wanted.name))
    .filter((wanted) => anotherOnly(org, wanted, objects).length)
    .map(({ name }) => name)

/** cloud-init's of the droplets that are to be made. The key of their first minutes is remembered here before there is anything that has it. */
export async function userDataOf(
  org: Org,
  list: readonly InPulumi[],
  objects: Objects,
  replaced: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const all = new Map<string, string>()
  for (const wanted of list) {
    if (wanted.kind !== 'droplet') continue
    const isThere = dropletOf(objects, org.name, wanted.name) !== undefined
    if (isThere && !replaced.includes(wanted.name)) continue
    all.set(wanted.name, (await userDataFor(org, wanted.host)).userData.reveal())
  }
  return all
}

/** Makes droplets of these hosts, and remembers that they were asked for: a run that is cut off may leave one that no list shows yet. */
export async function asking(org: Org, hosts: readonly string[], make: () => Promise<void>): Promise<void> {
  for (const host of hosts) askedFor(org.name, host)
  try {
    await make()
  } catch (error) {
    // Of what was refused nothing is to come; of anything else nobody knows, from now on.
    const said = error instanceof Fault ? (error.because ?? '') : ''
    if (hosts.length === 1 && /\/v2\/droplets: 4\d\d /.test(said)) settled(org.name, hosts)
    else for (const host of hosts) askedFor(org.name, host)
    throw error
  }
}

/** Lets Pulumi make it so; what DigitalOcean refuses of a cluster is told with what it offers, as by its API. */
export async function withOffers(list: readonly InPulumi[], at: At, make: () => Promise<void>): Promise<void> {
  try {
    await make()
  } catch (error) {
    if (!(error instanceof Fault) || !error.because) throw error
    const [, said] = /\/v2\/databases\S*: (422 [^\n]*?)(: provider=|$)/m.exec(error.because) ?? []
    const [, name] = /:DatabaseCluster::([\w-]+)/.exec(error.because) ?? []
    const wanted = list.find((one) => one.kind === 'database-cluster' && one.name === name)
    if (said === undefined || wanted?.kind !== 'database-cluster') throw error
    throw await refusedSo(wanted, at, `status ${said}`)
  }
}

/** Waits for the clusters that are being made: nothing can be said about what is in them before. */
export async function clustersOnline(list: readonly InPulumi[], at: At): Promise<void> {
  for (const wanted of list) {
    if (wanted.kind !== 'database-cluster') continue
    const one = clusterOf(await at.account.read(), at.org.name, wanted.name)
    if (one?.status === 'creating') await untilOnline(wanted.name, at)
  }
}

/** The key for buckets, where the inventory has any. @throws Fault (exit 64) that names the places */
export async function spacesPair({ digitalocean }: Org): Promise<Job['spaces']> {
  const { spaces } = digitalocean ?? {}
  if (!spaces?.key || !spaces.buckets.length) return undefined
  const [access = '', secret = ''] = (await spacesKey(spaces.key)).reveal().split(':')
  return { access, secret }
}
