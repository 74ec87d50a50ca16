import { step } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import { TAILSCALE_PORT } from '../inventory/check-tailscale.ts'
import type { Host, Org } from '../inventory/org.ts'
import { file } from '../resources/file.ts'
import { ruleset } from '../resources/ruleset.ts'
import { systemdUnit } from '../resources/systemd-unit.ts'
import { template } from '../resources/template.ts'
import { readPlatform } from '../stacks/platform.ts'
import { publishedPorts } from '../stacks/published.ts'

const RULES = '/etc/nftables.d/groundwork.nft'
const UNIT = '/etc/systemd/system/groundwork-firewall.service'

/** A table of our own in nftables. Everybody else's rules, and Docker's, are left alone. */
export const firewall = step({
  id: 'firewall',
  title: 'Only declared ports answer from outside',
  guard: () => ({
    paths: ['/etc/nftables.d', UNIT, '/etc/systemd/system/sysinit.target.wants/groundwork-firewall.service'],
    reload: sh`systemctl daemon-reload; if [ -e ${RULES} ]; then nft -f ${RULES}; else
  systemctl stop groundwork-firewall.service || true
  nft delete table inet groundwork 2>/dev/null || true
fi`,
  }),
  resources: ({ host, org }) => {
    const rules = template(RULES.slice(1), { ssh: org.ssh.port, rules: allowed(host, org), metadata: metadataOf(host) })
    const written = [
      file(RULES, { content: rules, check: sh`nft --check --file` }),
      file(UNIT, { content: template(UNIT.slice(1)) }),
    ]
    return [
      ...written,
      systemdUnit('groundwork-firewall.service', { restartAfter: written }),
      ruleset(
        'groundwork',
        rules,
        sh`systemctl reset-failed groundwork-firewall.service 2>/dev/null || true; systemctl restart groundwork-firewall.service`,
      ),
    ]
  },
})

// There every process reads what its droplet was made with: https://docs.digitalocean.com/products/droplets/how-to/access-metadata/
const metadataOf = ({ provider }: Host): string | undefined =>
  provider === 'digitalocean' ? '169.254.169.254' : undefined

/** What passes, as nftables writes it. */
function allowed(host: Host, org: Org): readonly string[] {
  const published = publishedPorts(readPlatform(org.platform), host)
  const members = org.hosts
    .filter(({ name }) => name !== host.name)
    .flatMap(({ primaryAddress }) => primaryAddress || [])
  return [
    ...(['tcp', 'udp'] as const).flatMap((protocol) => {
      const ports = [...new Set(published.filter((one) => one.protocol === protocol).map(({ port }) => port))]
      return ports.length ? [`${protocol} dport ${set(ports)}`] : []
    }),
    ...org.firewall.open.flatMap(({ port, protocol, from }) => [
      ...(from.length ? [] : [`${protocol} dport ${port}`]),
      ...from.map((range) => `${family(range)} saddr ${range} ${protocol} dport ${port}`),
    ]),
    ...(org.tailscale ? [`udp dport ${TAILSCALE_PORT}`] : []),
    ...(members.length ? swarmPorts(members) : []),
  ]
}

// 2377 manages, 7946 is gossip, 4789 carries the overlay networks, and ESP those that are encrypted (docs.docker.com, "Open protocols and ports").
const swarmPorts = (members: readonly string[]): readonly string[] => [
  `ip saddr ${set(members)} tcp dport { 2377, 7946 }`,
  `ip saddr ${set(members)} udp dport { 4789, 7946 }`,
  `ip saddr ${set(members)} meta l4proto esp`,
]

const family = (range: string): string => (range.includes(':') ? 'ip6' : 'ip')
const set = (items: readonly (string | number)[]): string => `{ ${items.join(', ')} }`
