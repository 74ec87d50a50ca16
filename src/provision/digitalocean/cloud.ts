import { type Step, step } from '../../engine/resource.ts'
import { noteAtDigitalOcean } from '../../inventory/lock-file.ts'
import type { OpenPort, Org } from '../../inventory/org.ts'
import { isInPulumi } from '../pulumi/kinds.ts'
import { type Account, accountOf } from './account.ts'
import { elsewhere } from './databases/elsewhere.ts'
import { untilShown } from './droplets/asked-for.ts'
import { dropletOf } from './droplets/droplet.ts'
import { dropletHosts } from './droplets/droplet-host.ts'
import { power } from './droplets/power.ts'
import { mustBeKnown, unknownGone, unknownHosts } from './droplets/unknown.ts'
import type { Objects } from './lists.ts'
import type { NameOfHosts } from './network/dns-name.ts'
import { nobodys } from './nobodys.ts'
import { notedNow } from './noted.ts'
import { operator } from './operator.ts'
import { mustBeReplaceable, mustNotRefuse, mustNotReplace } from './replace.ts'
import { kindOf, resourceOf } from './resource-of.ts'
import { mustBeAllowed } from './scopes.ts'
import { isUnclear, mustHaveSecrets } from './storage/spaces-key.ts'
import { wantedOf } from './wanted.ts'

/**
 * What the organization has at its provider. `published` are the ports of its platform, `names` those of its routes; `allowReplace` names what may be made anew.
 * The account has been read when this returns: a token that is refused is told before anything else.
 * @throws Fault (exit 64) for a name of `allowReplace` that nothing has; Fault for a token that may not read, for two of what must be one, for what would be replaced and may not, and for a droplet that nobody knows (unless this is a plan)
 */
export async function cloud(
  org: Org,
  published: readonly OpenPort[],
  names: readonly NameOfHosts[],
  run: {
    readonly plan: boolean
    readonly allowReplace: readonly string[]
    /** Other droplets are left as they are; what all share is not. None: all of them. */
    readonly host: readonly string[]
    /** The first manager is met behind this, and asked for what it keeps. */
    readonly meets: boolean
    readonly signal: AbortSignal
    readonly note: (text: string) => void
  },
): Promise<Step> {
  const hosts = dropletHosts(org)
  const { token } = org.digitalocean ?? hosts[0]?.droplet ?? {}
  const { pulumi } = org.digitalocean ?? {}
  if (!token) throw new TypeError('an organization without an account has no cloud')
  // One program is one whole: what it leaves out would be gone from its state.
  const isMeant = (name: string) => pulumi !== undefined || !run.host.length || run.host.includes(name)
  const meant = { ...org, hosts: org.hosts.filter(({ name }) => isMeant(name)) }
  const all = wantedOf(org, published, names)
  mustBeReplaceable(org, all, run.allowReplace)
  const account = await accountOf(org, token, run.signal, run.note)
  if (!run.plan) await untilShown(org.name, async (again) => hostsWithout(org, account, again), run)
  const objects = await account.read()
  const wanted = all.filter(({ kind, name }) =>
    kind === 'spaces-key' ? !run.meets || !isUnclear(name, objects, org) : kind !== 'droplet' || isMeant(name),
  )
  const left = nobodys(org, all, objects)
  const odd = [...left.map((one) => one.text), ...otherwiseWatched(org, objects), ...elsewhere(org, objects)]
  for (const text of odd) run.note(text)
  mustNotRefuse(org, wanted, objects, run)
  if (!run.plan) {
    mustNotReplace(org, wanted, objects, run.allowReplace)
    mustBeKnown(meant, objects, run.allowReplace)
    if (!run.meets) mustHaveSecrets(org, objects)
    const missing = wanted.filter((one) => !kindOf(one).actual(one, objects, org))
    await mustBeAllowed(account.api, missing)
    await noteAtDigitalOcean(org, notedNow(org, all, left, objects))
  }
  const unknown = unknownHosts(meant, objects).filter(({ name }) => run.allowReplace.includes(name))
  const then = wanted.filter((one) => kindOf(one).needsHosts)
  const first = wanted.filter((one) => !then.includes(one))
  // Found, planned and guarded in the same way; only what mends it is another.
  const isProgram = isInPulumi(org)
  const { pulumiWay } = pulumi ? await import('../pulumi/way.ts') : {}
  const way = pulumi && (await pulumiWay?.(org, wanted.filter(isProgram), account, { ...pulumi, token }, run))
  return step({
    id: 'cloud',
    title: 'What the inventory names is at DigitalOcean',
    hosts: () => [operator],
    resources: () => [
      ...unknown.map((host) => unknownGone(org, host, account)),
      ...first.map((one) => resourceOf(org, one, account, objects, isProgram(one) ? way?.mend : undefined)),
      ...hosts.filter(({ name }) => isMeant(name)).map((host) => power(org, host, account)),
      ...then.map((one) => resourceOf(org, one, account, objects, isProgram(one) ? way?.mendRest : undefined)),
      ...(way ? [way.state] : []),
    ],
  })
}

async function hostsWithout(org: Org, account: Account, again: boolean): Promise<readonly string[]> {
  if (again) account.stale()
  const objects = await account.read()
  return dropletHosts(org).flatMap(({ name }) => (dropletOf(objects, org.name, name) ? [] : [name]))
}

// The agent comes with the first boot or never: nothing that the API could change later.
const otherwiseWatched = (org: Org, objects: Objects): readonly string[] =>
  dropletHosts(org).flatMap((host) => {
    const one = dropletOf(objects, org.name, host.name)
    const has = one?.features.includes('monitoring')
    if (!one || has === host.droplet.monitoring) return []
    return has
      ? `${host.name} was made with the provider's monitoring, and monitoring: false takes it away from no droplet. To have it gone: apt-get purge do-agent there, and write monitoring: true`
      : `${host.name} was made without the provider's monitoring, which only a new droplet gets by itself. To have it: install do-agent there; or write monitoring: false`
  })
