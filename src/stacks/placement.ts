import { Fault } from '../engine/fault.ts'
import type { Host } from '../inventory/org.ts'
import type { ComposeService } from './platform-schema.ts'

/**
 * The hosts on which a service's tasks may run, by its placement constraints and the inventory.
 * @throws Fault for a constraint that the inventory cannot answer
 */
export const hostsFor = (service: ComposeService, hosts: readonly Host[]): readonly Host[] =>
  hosts.filter((host) => (service.deploy?.placement?.constraints ?? []).every((text) => holds(text, host)))

/** Whether the inventory can answer a placement constraint. */
export const isKnown = (constraint: string): boolean => FORM.test(constraint)

/** Which constraints it can answer, in words. */
export const KNOWN = 'known are node.role, node.hostname and node.labels.NAME, with == or !='

const FORM = /^\s*node\.(role|hostname|labels\.[^\s=!]+)\s*(==|!=)\s*(\S+)\s*$/

function holds(constraint: string, host: Host): boolean {
  const [, key = '', operator, wanted = ''] = FORM.exec(constraint) ?? []
  if (key === '') throw new Fault(`Where this may run cannot be told: ${constraint}`, { because: KNOWN, exit: 64 })
  // Swarm takes a label that is not there for an empty text.
  const label = new Map(Object.entries(host.labels)).get(key.slice('labels.'.length)) ?? ''
  const actual = key === 'role' ? host.role : key === 'hostname' ? host.name : label
  return (actual.toLowerCase() === wanted.toLowerCase()) === (operator === '==')
}

/** The host that starts the swarm, builds the images and deploys the stacks. */
export function firstManager(org: { readonly hosts: readonly Host[] }): Host {
  const manager = org.hosts.find(({ role }) => role === 'manager')
  if (!manager)
    throw new Fault('No host is a manager.', { try: 'give one host `role: manager` in the inventory', exit: 64 })
  return manager
}
