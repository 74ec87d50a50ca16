import { Fault } from '../../engine/fault.ts'
import { type Step, step } from '../../engine/resource.ts'
import type { DropletWish, Host, HostWish, OpenPort, Org } from '../../inventory/org.ts'
import { type Account, accountOf, dropletOf, hasTag, type Objects } from './account.ts'
import { droplet, isAnother } from './droplet.ts'
import { firewall } from './firewall.ts'
import { hostTag } from './names.ts'
import { power } from './power.ts'
import { sshKey } from './ssh-key.ts'

/** A host that is a droplet. */
export type DropletHost = HostWish & { readonly droplet: DropletWish }

/** The hosts of an organization that are droplets. */
export const dropletHosts = (org: Org): readonly DropletHost[] =>
  org.hosts.filter((host): host is Host & DropletHost => host.droplet !== undefined)

/** The machine in front of you, on which everything with an API is asked and changed. */
export const operator: Host = {
  name: 'operator',
  provider: 'existing',
  role: 'worker',
  labels: {},
  firstUser: 'root',
  user: 'root',
  port: 22,
  address: undefined,
  hostKey: undefined,
  identity: undefined,
  release: 'trixie',
  distribution: '',
  codename: '',
  architecture: '',
  memoryMiB: 0,
  cores: 0,
  primaryAddress: '',
  sharesKernel: true,
}

/**
 * What the organization has at its provider. `published` are the ports of its platform; `allowReplace` the hosts whose droplet may be
 * made anew. The account has been read when this returns: a token that is refused is told before anything else.
 * @throws Fault for a token that may not read, for two of what must be one, for what would be replaced and may not (unless this is a plan)
 */
export async function cloud(
  org: Org,
  published: readonly OpenPort[],
  run: {
    readonly plan: boolean
    readonly allowReplace: readonly string[]
    readonly signal: AbortSignal
    readonly note: (text: string) => void
  },
): Promise<{ readonly step: Step; readonly account: Account }> {
  const hosts = dropletHosts(org)
  const { token } = org.digitalocean ?? hosts[0]?.droplet ?? {}
  if (!token) throw new TypeError('an organization without an account has no cloud')
  const account = await accountOf(org.name, token, run.signal, run.note)
  const objects = await account.read()
  const there = new Map(hosts.map((host) => [host.name, dropletOf(objects, org.name, host.name)]))
  for (const text of nobodys(hosts, objects, org.name)) run.note(text)
  if (!run.plan) mustNotReplace(org, objects, run.allowReplace)
  return {
    account,
    step: step({
      id: 'cloud',
      title: 'Droplets, firewall and SSH keys are at DigitalOcean',
      hosts: () => [operator],
      resources: () => [
        ...uniqueKeys(org).map(({ name, key }) => sshKey(org, name, key, account)),
        firewall(org, published, account),
        ...hosts.map((host) => droplet(org, host, account, there.get(host.name))),
        ...hosts.map((host) => power(org, host, account)),
      ],
    }),
  }
}

// A host that left the inventory or has another name there: its data is on that droplet, so it is told and never taken away.
const nobodys = (hosts: readonly HostWish[], { droplets }: Objects, org: string): readonly string[] =>
  droplets
    .filter((one) => !hosts.some(({ name }) => hasTag(one, hostTag(org, name))))
    .map(
      ({ id, name }) =>
        `The droplet ${id} ${name} has the tag of ${org}, and no host of the inventory is it: it runs on, and costs. To let it go: https://cloud.digitalocean.com/droplets/${id}`,
    )

function mustNotReplace(org: Org, objects: Objects, allowed: readonly string[]): void {
  const others = dropletHosts(org).flatMap((host) => {
    const one = dropletOf(objects, org.name, host.name)
    return one && isAnother(one, host) && !allowed.includes(host.name) ? [{ host, one }] : []
  })
  const [first] = others
  if (!first) return
  throw new Fault(
    `${others.map(({ host }) => host.name).join(', ')} would be replaced, with everything on it. Nothing was changed.`,
    {
      at: `operator › cloud › droplet ${first.host.name}`,
      because: others
        .map(
          ({ host, one }) =>
            `the droplet ${one.id} of ${host.name} is ${one.image.slug ?? one.image.name} in ${one.region.slug}; the inventory says ${host.release} in ${host.droplet.region}, which only another droplet can be`,
        )
        .join('\n'),
      try: `put the old values back into ${org.file}; or, where its data is safe elsewhere, say so: ${others.map(({ host }) => `--allow-replace ${host.name}`).join(' ')}`,
    },
  )
}

const uniqueKeys = ({ operators }: Org) => {
  const all = operators.flatMap(({ name, keys }) => keys.map((key) => ({ name, key, bytes: key.split(' ')[1] })))
  return all.filter(({ bytes }, index) => all.findIndex((other) => other.bytes === bytes) === index)
}
