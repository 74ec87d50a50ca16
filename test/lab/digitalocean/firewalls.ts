import { randomUUID } from 'node:crypto'
import { listed, type Made, now } from './account.ts'
import { type Body, bodies, type Call, gone, route, text, texts } from './call.ts'
import { page } from './page.ts'
import { conflict, invalid, notFound } from './refused.ts'
import { existingTags } from './tags.ts'

export interface Firewall extends Made {
  readonly id: string
  readonly created_at: string
  name: string
  tags: string[]
  droplet_ids: readonly number[]
  inbound_rules: readonly Body[]
  outbound_rules: readonly Body[]
}

export const firewallRoutes = [
  route('GET', '/v2/firewalls', 'firewall:read', (call) =>
    page(call, '/v2/firewalls', 'firewalls', listed(call.account, call.account.firewalls.values()).map(view)),
  ),
  route('POST', '/v2/firewalls', 'firewall:create', (call) => {
    const said = saidIn(call)
    if ([...call.account.firewalls.values()].some(({ name }) => name === said.name)) throw conflict('duplicate name')
    const firewall = { id: randomUUID(), created_at: now(), madeAt: Date.now(), ...said }
    call.account.firewalls.set(firewall.id, firewall)
    return { status: 202, body: { firewall: view(firewall) } }
  }),
  route('GET', '/v2/firewalls/:id', 'firewall:read', ({ account, params }) => {
    const firewall = account.firewalls.get(params.id ?? '')
    if (!firewall) throw notFound()
    return { status: 200, body: { firewall: view(firewall) } }
  }),
  route('PUT', '/v2/firewalls/:id', 'firewall:update', (call) => {
    const firewall = call.account.firewalls.get(call.params.id ?? '')
    if (!firewall) throw notFound()
    Object.assign(firewall, saidIn(call))
    return { status: 200, body: { firewall: view(firewall) } }
  }),
  route('DELETE', '/v2/firewalls/:id', 'firewall:delete', (call) => {
    if (!call.account.firewalls.delete(call.params.id ?? '')) throw notFound()
    return gone
  }),
]

function saidIn(call: Call): Pick<Firewall, 'name' | 'tags' | 'droplet_ids' | 'inbound_rules' | 'outbound_rules'> {
  const { body } = call
  const name = text(body, 'name')
  if (!/^[a-zA-Z0-9][a-zA-Z0-9.-]+$/.test(name)) throw invalid('name is invalid')
  const inbound = bodies(body, 'inbound_rules').map((rule) => checked(call, rule, 'sources'))
  const outbound = bodies(body, 'outbound_rules').map((rule) => checked(call, rule, 'destinations'))
  if (!inbound.length && !outbound.length) throw invalid('must have at least one rule')
  return {
    name,
    tags: existingTags(call, texts(body, 'tags')),
    droplet_ids: texts(body, 'droplet_ids').map(Number),
    inbound_rules: inbound,
    outbound_rules: outbound,
  }
}

function checked(call: Call, rule: Body, side: 'sources' | 'destinations'): Body {
  const protocol = text(rule, 'protocol')
  if (!['tcp', 'udp', 'icmp'].includes(protocol)) throw invalid('protocol must be tcp, udp or icmp')
  const ports = String(rule.ports ?? '0')
  if (!/^(0|all|\d{1,5}(-\d{1,5})?)$/.test(ports)) throw invalid('ports must be a port, a range or "0"')
  const target = rule[side] as Body | undefined
  if (!target) throw invalid(`${side} is required`)
  const tags = existingTags(call, texts(target, 'tags'))
  // What is empty is not shown.
  const addresses = texts(target, 'addresses')
  return {
    protocol,
    ports: ports === 'all' ? '0' : ports,
    [side]: { ...(addresses.length && { addresses }), ...(tags.length && { tags }) },
  }
}

const view = ({ madeAt: _, ...firewall }: Firewall) => ({ ...firewall, status: 'succeeded', pending_changes: [] })
