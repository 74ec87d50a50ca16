import { type Firewall, oneFirewall, whatever } from '../../clients/digitalocean/answers.ts'
import { type Resource, resource } from '../../engine/resource.ts'
import { TAILSCALE_PORT } from '../../inventory/check-tailscale.ts'
import type { OpenPort, Org } from '../../inventory/org.ts'
import type { Account } from './account.ts'
import { madeOnce } from './made.ts'
import { firewallName, orgTag } from './names.ts'

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
export function firewall(org: Org, published: readonly OpenPort[], account: Account): Resource {
  const name = firewallName(org.name)
  const wanted = {
    inbound: inbound(org, published),
    outbound: ['tcp', 'udp', 'icmp'].map((protocol) => ({ protocol, ports: '0', addresses: EVERYBODY })),
  }
  const found = async () => (await account.read()).firewalls[0]
  const rules = new Map([...whomOf('in', wanted.inbound), ...whomOf('out', wanted.outbound)])
  const isNow = async () => {
    const one = await found()
    return one && rulesOf(one)
  }
  return resource({
    name: `firewall ${name}`,
    desired: { ...Object.fromEntries(rules), others: 'none', droplets: orgTag(org.name) },
    actual: {
      ...Object.fromEntries([...rules.keys()].map((rule) => [rule, async () => (await isNow())?.get(rule)])),
      others: async () => {
        const now = await isNow()
        return (
          now &&
          ([...now]
            .filter(([rule]) => !rules.has(rule))
            .map(([rule, whom]) => `${rule}: ${whom}`)
            .join('; ') ||
            'none')
        )
      },
      droplets: async () => {
        const one = await found()
        return one && ([...(one.tags ?? []), ...(one.droplet_ids ?? [])].join(', ') || 'none')
      },
    },
    fix: () => async (signal) => {
      const { api } = account
      const body = {
        name,
        inbound_rules: wanted.inbound.map(({ protocol, ports, ...sources }) => ({ protocol, ports, sources })),
        outbound_rules: wanted.outbound.map(({ protocol, ports, ...destinations }) => ({
          protocol,
          ports,
          destinations,
        })),
        tags: [orgTag(org.name)],
        droplet_ids: [],
      }
      const there = await found()
      if (there) await api.put(`/v2/firewalls/${there.id}`, body)
      else {
        const isThere = async () => {
          account.stale()
          return (await found()) !== undefined
        }
        // A firewall takes only tags that are there; one that is there may be made again.
        const tag = orgTag(org.name)
        const tagIsThere = async () => (await api.get(`/v2/tags/${encodeURIComponent(tag)}`, whatever)) !== undefined
        await madeOnce(() => api.post('/v2/tags', { name: tag }, whatever), tagIsThere, signal)
        await madeOnce(
          async () => account.made({ firewalls: [(await api.post('/v2/firewalls', body, oneFirewall)).firewall] }),
          isThere,
          signal,
        )
      }
      account.stale()
    },
  })
}

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
