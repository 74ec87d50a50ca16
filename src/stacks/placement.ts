import { Fault } from '../engine/fault.ts'
import type { Host } from '../inventory/org.ts'
import type { ComposeService } from './platform-schema.ts'

/**
 * The hosts on which a service's tasks may run, by its placement constraints and the inventory.
 * @throws Fault for a constraint that the inventory cannot answer
 */
export const hostsFor = (service: ComposeService, hosts: readonly Host[]): readonly Host[] =>
  hosts.filter((host) => (service.deploy?.placement?.constraints ?? []).every((text) => holds(text, host)))

function holds(constraint: string, host: Host): boolean {
  const [, key = '', operator, wanted] = /^\s*(\S+?)\s*(==|!=)\s*(.+?)\s*$/.exec(constraint) ?? []
  const label = /^node\.labels\.(.+)$/.exec(key)?.[1]
  const known: Readonly<Record<string, string>> = { 'node.role': host.role, 'node.hostname': host.name }
  // Swarm takes a label that is not there for an empty text.
  const actual = label === undefined ? known[key] : (host.labels[label] ?? '')
  if (actual === undefined) {
    throw new Fault(`Where this may run cannot be told: ${constraint}`, {
      because: 'known are node.role, node.hostname and node.labels.NAME, with == or !=',
      exit: 64,
    })
  }
  return (actual.toLowerCase() === wanted?.toLowerCase()) === (operator === '==')
}

/** The host that starts the swarm, builds the images and deploys the stacks. */
export function firstManager(org: { readonly hosts: readonly Host[] }): Host {
  const manager = org.hosts.find(({ role }) => role === 'manager')
  if (!manager)
    throw new Fault('No host is a manager.', { try: 'give one host `role: manager` in the inventory', exit: 64 })
  return manager
}
