import { type Firewall, oneFirewall, whatever } from '../../../clients/digitalocean/answers.ts'
import { TAILSCALE_PORT } from '../../../inventory/check-tailscale.ts'
import type { OpenPort, Org } from '../../../inventory/org.ts'
import { onlyOne } from '../account.ts'
import type { Kind } from '../kind.ts'
import type { Objects } from '../lists.ts'
import { madeOnce } from '../made.ts'
import { firewallName, orgTag } from '../names.ts'

const EVERYBODY = ['0.0.0.0/0', '::/0']
// Managing, gossip, and the overlay networks (docs.docker.com, "Open protocols and ports").
const SWARM = [
  ['tcp', '2377'],
  ['tcp', '7946'],
  ['udp', '7946'],
  ['udp', '4789'],
] as const

/** Who may reach a port: ranges of addresses, or every droplet with a tag. Port 0: all of them. */
interface Rule {
  readonly protocol: string
  readonly ports: string
  readonly addresses?: readonly string[]
  readonly tags?: readonly string[]
}

/**
 * The provider's firewall in front of all droplets of the organization, which have it by their tag from the moment they are made.
 * It is closed from the outside before the host's own firewall stands; both let the same pass.
 */
export interface FirewallWanted {
  readonly kind: 'firewall'
  readonly name: string
  readonly inbound: readonly Rule[]
  readonly outbound: readonly Rule[]
  /** Of the droplets behind it. */
  readonly tag: string
}

export const firewallWanted = (org: Org, published: readonly OpenPort[]): FirewallWanted => ({
  kind: 'firewall',
  name: firewallName(org.name),
  inbound: inbound(org, published),
  outbound: ['tcp', 'udp', 'icmp'].map((protocol) => ({ protocol, ports: '0', addresses: EVERYBODY })),
  tag: orgTag(org.name),
})

/** Found by its name. */
export const firewall: Kind<FirewallWanted> = {
  title: ({ name }) => `firewall ${name}`,
  desired: (wanted) => ({ ...Object.fromEntries(rulesWanted(wanted)), others: 'none', droplets: wanted.tag }),
  actual: (wanted, objects) => {
    const one = ours(objects, wanted.name)
    if (!one) return undefined
    const rules = rulesWanted(wanted)
    const now = rulesOf(one)
    const others = [...now].filter(([rule]) => !rules.has(rule)).map(([rule, whom]) => `${rule}: ${whom}`)
    return {
      ...Object.fromEntries([...rules.keys()].map((rule) => [rule, now.get(rule)])),
      others: others.join('; ') || 'none',
      droplets: [...(one.tags ?? []), ...(one.droplet_ids ?? [])].join(', ') || 'none',
    }
  },
  fix: async ({ name, tag, ...wanted }, _, { account, signal }) => {
    const { api } = account
    const body = {
      name,
      inbound_rules: wanted.inbound.map(({ protocol, ports, ...sources }) => ({ protocol, ports, sources })),
      outbound_rules: wanted.outbound.map(({ protocol, ports, ...destinations }) => ({
        protocol,
        ports,
        destinations,
      })),
      tags: [tag],
      droplet_ids: [],
    }
    // A firewall takes only tags that are there; one that is there may be made again.
    const tagIsThere = async () => (await api.get(`/v2/tags/${encodeURIComponent(tag)}`, whatever)) !== undefined
    await madeOnce(() => api.post('/v2/tags', { name: tag }, whatever), tagIsThere, signal, true)
    let there = ours(await account.read(), name)
    const isThere = async () => {
      account.stale()
      there = ours(await account.read(), name)
      return there !== undefined
    }
    if (!there)
      await madeOnce(
        async () => account.made({ firewalls: [(await api.post('/v2/firewalls', body, oneFirewall)).firewall] }),
        isThere,
        signal,
        true,
      )
    // One that was found may have rules of somebody else.
    if (there) await api.put(`/v2/firewalls/${there.id}`, body)
  },
}

const ours = ({ firewalls }: Objects, name: string): Firewall | undefined =>
  onlyOne(firewalls, `the firewall ${name}`, ({ id }) => id)

function inbound(org: Org, published: readonly OpenPort[]): readonly Rule[] {
  const { sshFrom = [] } = org.digitalocean ?? {}
  const met = org.hosts.filter(({ provider }) => provider === 'digitalocean').map(({ port }) => port)
  const members = [orgTag(org.name)]
  return [
    ...[...new Set([org.ssh.port, ...met])].map((port) => ({
      protocol: 'tcp',
      ports: String(port),
      addresses: sshFrom.length ? sshFrom : EVERYBODY,
    })),
    ...WEB.map((ports) => ({ protocol: 'tcp', ports, addresses: EVERYBODY })),
    ...[...published, ...org.firewall.open, ...(org.tailscale ? [TAILSCALE] : [])]
      .filter(({ port, protocol }) => !(protocol === 'tcp' && WEB.includes(String(port))))
      .map(({ port, protocol, from }) => ({
        protocol,
        ports: String(port),
        addresses: from.length ? from : EVERYBODY,
      })),
    ...SWARM.map(([protocol, ports]) => ({ protocol, ports, tags: members })),
    // Ping, and the messages by which a path's packet size is found.
    { protocol: 'icmp', ports: '0', addresses: EVERYBODY },
  ]
}

const WEB: readonly string[] = ['80', '443']
const TAILSCALE: OpenPort = { port: TAILSCALE_PORT, protocol: 'udp', from: [] }

type Told = NonNullable<Firewall['inbound_rules']>[number]

const ruleOf = ({ protocol, ports }: Pick<Told, 'protocol' | 'ports'>, { addresses, tags }: Told['sources']): Rule => ({
  protocol,
  ports: ports ?? '0',
  addresses: addresses ?? [],
  tags: tags ?? [],
})

const rulesWanted = ({ inbound, outbound }: FirewallWanted): ReadonlyMap<string, string> =>
  new Map([...whomOf('in', inbound), ...whomOf('out', outbound)])

const rulesOf = (one: Firewall): ReadonlyMap<string, string> =>
  new Map([
    ...whomOf(
      'in',
      (one.inbound_rules ?? []).map((rule) => ruleOf(rule, rule.sources)),
    ),
    ...whomOf(
      'out',
      (one.outbound_rules ?? []).map((rule) => ruleOf(rule, rule.destinations)),
    ),
  ])

// `in tcp 22` → who may: the API keeps no order, and a port may stand in several rules.
function whomOf(way: string, rules: readonly Rule[]): ReadonlyMap<string, string> {
  const whom = new Map<string, Set<string>>()
  for (const { protocol, ports, addresses = [], tags = [] } of rules) {
    const rule = [way, protocol, ...(/^(0|all|)$/.test(ports) ? [] : [ports])].join(' ')
    const all = whom.get(rule) ?? new Set()
    for (const one of [...addresses, ...tags.map((tag) => `tag ${tag}`)]) all.add(one)
    whom.set(rule, all)
  }
  return new Map([...whom].map(([rule, all]) => [rule, [...all].sort().join(', ')]))
}
