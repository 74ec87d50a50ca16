import { Fault } from '../engine/fault.ts'
import { didYouMean } from '../inventory/nearest.ts'
import type { Org } from '../inventory/org.ts'
import { hostsFor } from './placement.ts'
import type { ComposeService, Platform } from './platform-schema.ts'

/**
 * Every service of the platform has a host in the inventory on which it may run: else its tasks would wait for ever.
 * @throws Fault (exit 64) with all that have none, and what each of them looks for
 */
export function mustFit(platform: Platform, { file, hosts }: Pick<Org, 'file' | 'hosts'>): void {
  const lost = platform.layers.flatMap(({ name: layer, compose }) =>
    Object.entries(compose.services)
      .filter(([, service]) => runs(service) && !hostsFor(service, hosts).length)
      .map(([name, service]) => ({ name: `${layer}_${name}`, constraints: constraintsOf(service) })),
  )
  if (!lost.length) return
  const labels = lost.flatMap(({ constraints }) => constraints.flatMap((one) => LABEL.exec(one)?.slice(1, 3) ?? []))
  const [key, value] = labels
  throw new Fault(lost.length === 1 ? 'A service has no host.' : `${lost.length} services have no host.`, {
    at: `${file} › hosts`,
    because: lost.map(({ name, constraints }) => `${name} runs where ${constraints.join(' and ')}: nowhere`).join('\n'),
    try: key
      ? `give one host labels: { ${key}: ${value} }${misspelt(key, value ?? '', hosts)}`
      : 'give a host that role or name, or change the constraint in the platform',
    exit: 64,
  })
}

const LABEL = /^\s*node\.labels\.(\S+?)\s*==\s*(\S+)\s*$/

const runs = ({ deploy }: ComposeService): boolean => deploy?.replicas !== 0 && !deploy?.mode?.startsWith('global')

const constraintsOf = (service: ComposeService): readonly string[] => service.deploy?.placement?.constraints ?? []

// A label that nearly says it: { role: storag }, { rol: storage }.
function misspelt(key: string, value: string, hosts: Org['hosts']): string {
  const wanted = `${key}: ${value}`
  for (const { name, labels } of hosts) {
    for (const [ownKey, ownValue] of Object.entries(labels)) {
      const own = `${ownKey}: ${ownValue}`
      if (own !== wanted && didYouMean(own, [wanted])) return ` (${name} has ${own}; did you mean that?)`
    }
  }
  return ''
}
