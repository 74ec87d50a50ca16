import { type Resource, resource } from '../../engine/resource.ts'
import type { Org } from '../../inventory/org.ts'
import type { Account } from './account.ts'
import { databaseCluster } from './databases/database-cluster.ts'
import { database, databaseUser, trustedSources } from './databases/in-database.ts'
import { droplet } from './droplets/droplet.ts'
import type { Kind, Named } from './kind.ts'
import type { Objects } from './lists.ts'
import { dnsName } from './network/dns-name.ts'
import { firewall } from './network/firewall.ts'
import { reservedIp } from './network/reserved-ip.ts'
import { vpc } from './network/vpc.ts'
import { zone } from './network/zone.ts'
import { project } from './project.ts'
import { sshKey } from './ssh-key.ts'
import { bucket } from './storage/bucket.ts'
import { runKey } from './storage/run-key.ts'
import { spacesKey } from './storage/spaces-key.ts'
import { volume } from './storage/volume.ts'
import type { Wanted } from './wanted.ts'

const KINDS: { readonly [W in Wanted as W['kind']]: Kind<W> } = {
  'ssh-key': sshKey,
  firewall,
  vpc,
  droplet,
  volume,
  'reserved-ip': reservedIp,
  'database-cluster': databaseCluster,
  zone,
  'dns-name': dnsName,
  'trusted-sources': trustedSources,
  database,
  'database-user': databaseUser,
  'run-key': runKey,
  bucket,
  'spaces-key': spacesKey,
  project,
}

/** How an object of its kind is found, made and changed. */
export const kindOf = ({ kind }: Wanted): Kind<Named> => KINDS[kind] as unknown as Kind<Named>

/**
 * An object as a resource. `before` are the lists as they were when the run began; `mend` is another way than calls of the API, which
 * mends all of them at once.
 */
export function resourceOf(
  org: Org,
  wanted: Wanted,
  account: Account,
  before: Objects,
  mend?: (signal: AbortSignal) => Promise<void>,
): Resource {
  const { title, desired, actual, fix, interrupts, kept } = kindOf(wanted)
  const wish = desired(wanted, org)
  const keys = differing(org, wanted, before)
  const stops = keys.length ? interrupts?.(wanted, keys) : undefined
  const lost = anotherOnly(org, wanted, before).length > 0
  return resource({
    name: title(wanted),
    desired: wish,
    actual: Object.fromEntries(
      Object.keys(wish).map((key) => [key, async () => actual(wanted, await account.read(), org)?.[key]]),
    ),
    ...(stops !== undefined && { interrupts: stops }),
    ...(lost && {
      destroys: `would be REPLACED: ${kept?.loses(wanted)} is lost (--allow-replace ${wanted.name})`,
    }),
    fix: (changes) => async (signal) => {
      if (mend) return mend(signal)
      await fix(wanted, changes, { org, account, signal })
      account.stale()
    },
  })
}

/** The keys that differ and that only another object can have. */
export function anotherOnly(org: Org, wanted: Wanted, objects: Objects): readonly string[] {
  const { kept, desired, actual } = kindOf(wanted)
  const [is, shall] = [actual(wanted, objects, org), desired(wanted, org)]
  return differing(org, wanted, objects).filter(
    (key) => kept?.another.includes(key) && !kept.inPlace?.(key, is?.[key], shall[key] ?? ''),
  )
}

/** The keys that are there with another value; none where the object is not there. */
export function differing(org: Org, wanted: Wanted, objects: Objects): readonly string[] {
  const { desired, actual } = kindOf(wanted)
  const now = actual(wanted, objects, org)
  return now ? Object.entries(desired(wanted, org)).flatMap(([key, value]) => (now[key] === value ? [] : [key])) : []
}
