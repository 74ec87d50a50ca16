import { type Step, step } from '../../engine/resource.ts'
import type { OpenPort, Org } from '../../inventory/org.ts'
import { type Account, accountOf } from './account.ts'
import { leftNames, type NameOfHosts } from './dns-name.ts'
import { dropletHosts } from './droplet-host.ts'
import { leftDatabases } from './in-database.ts'
import type { Objects } from './lists.ts'
import { hasTag, hostTag } from './names.ts'
import { operator } from './operator.ts'
import { power } from './power.ts'
import { mustNotReplace } from './replace.ts'
import { kindOf, resourceOf } from './resource-of.ts'
import { mustBeKnown, unknownGone, unknownHosts } from './unknown.ts'
import { type Wanted, wantedOf } from './wanted.ts'

/**
 * What the organization has at its provider. `published` are the ports of its platform, `names` those of its routes; `allowReplace` names what may be made anew.
 * The account has been read when this returns: a token that is refused is told before anything else.
 * @throws Fault for a token that may not read, for two of what must be one, for what would be replaced and may not, and for a droplet that nobody knows (unless this is a plan)
 */
export async function cloud(
  org: Org,
  published: readonly OpenPort[],
  names: readonly NameOfHosts[],
  run: {
    readonly plan: boolean
    readonly allowReplace: readonly string[]
    readonly signal: AbortSignal
    readonly note: (text: string) => void
  },
): Promise<{ readonly step: Step; readonly account: Account; readonly wanted: readonly Wanted[] }> {
  const hosts = dropletHosts(org)
  const { token } = org.digitalocean ?? hosts[0]?.droplet ?? {}
  if (!token) throw new TypeError('an organization without an account has no cloud')
  const wanted = wantedOf(org, published, names)
  const account = await accountOf(org, token, run.signal, run.note)
  const objects = await account.read()
  for (const one of wanted) kindOf(one).must?.(one, objects, org)
  const left = [...nobodys(org, objects), ...leftNames(objects, names, org.name), ...leftDatabases(objects, org)]
  for (const text of left) run.note(text)
  if (!run.plan) mustNotReplace(org, wanted, objects, run.allowReplace)
  if (!run.plan) mustBeKnown(org, objects, run.allowReplace)
  const unknown = unknownHosts(org, objects).filter(({ name }) => run.allowReplace.includes(name))
  const then = wanted.filter((one) => kindOf(one).needsHosts)
  const first = wanted.filter((one) => !then.includes(one))
  return {
    account,
    wanted,
    step: step({
      id: 'cloud',
      title: 'What the inventory names is at DigitalOcean',
      hosts: () => [operator],
      resources: () => [
        ...unknown.map((host) => unknownGone(org, host, account)),
        ...first.map((one) => resourceOf(org, one, account, objects)),
        ...hosts.map((host) => power(org, host, account)),
        ...then.map((one) => resourceOf(org, one, account, objects)),
      ],
    }),
  }
}

// A host that left the inventory or has another name there: its data is on that droplet, so it is told and never taken away.
const nobodys = (org: Org, { droplets }: Objects): readonly string[] =>
  droplets
    .filter((one) => !dropletHosts(org).some(({ name }) => hasTag(one, hostTag(org.name, name))))
    .map(
      ({ id, name }) =>
        `The droplet ${id} ${name} has the tag of ${org.name}, and no host of the inventory is it: it runs on, and costs. To let it go: https://cloud.digitalocean.com/droplets/${id}`,
    )
