import { type Account, listed, type Made, shown } from './account.ts'
import { actionView, begin, mustBeIdle } from './actions.ts'
import { type Call, gone, route, text } from './call.ts'
import { regionOf } from './catalogue.ts'
import { dropletView } from './droplets.ts'
import { page } from './page.ts'
import { projectOf } from './projects.ts'
import { invalid, notFound } from './refused.ts'

export interface ReservedIp extends Made {
  readonly ip: string
  readonly region: string
  droplet: number | undefined
}

export const reservedIpRoutes = [
  route('GET', '/v2/reserved_ips', 'reserved_ip:read', (call) =>
    page(
      call,
      '/v2/reserved_ips',
      'reserved_ips',
      listed(call.account, call.account.reservedIps.values()).map((one) => view(call, one)),
    ),
  ),
  route('POST', '/v2/reserved_ips', 'reserved_ip:create', (call) => {
    const { account, body } = call
    const droplet = body.droplet_id === undefined ? undefined : account.droplets.get(Number(body.droplet_id))
    if (body.droplet_id !== undefined && !droplet) throw notFound()
    if (droplet && ipOf(account, droplet.id)) throw invalid('The Droplet already has a reserved IP.')
    if (droplet) mustBeIdle(account, droplet.id)
    const region = droplet?.region ?? text(body, 'region')
    if (!regionOf(region)) throw invalid('region is invalid')
    // Of a range that nobody answers in (RFC 5737).
    const ip = `203.0.113.${account.next() % 250}`
    const one: ReservedIp = { ip, region, droplet: undefined, madeAt: Date.now() }
    account.reservedIps.set(ip, one)
    if (!droplet) return { status: 202, body: { reserved_ip: view(call, one) } }
    const leads = () => {
      one.droplet = droplet.id
    }
    const action = begin(account, 'assign_ip', undefined, leads, droplet.id)
    const links = { droplets: [{ id: droplet.id, rel: 'droplet' }], actions: [{ id: action.id, rel: 'assign_ip' }] }
    return { status: 202, body: { reserved_ip: view(call, one), links } }
  }),
  route('GET', '/v2/reserved_ips/:ip', 'reserved_ip:read', (call) => ({
    status: 200,
    body: { reserved_ip: view(call, known(call)) },
  })),
  route('DELETE', '/v2/reserved_ips/:ip', 'reserved_ip:delete', (call) => {
    call.account.reservedIps.delete(known(call).ip)
    return gone
  }),
  route('POST', '/v2/reserved_ips/:ip/actions', 'reserved_ip:update', (call) => {
    const one = known(call)
    const type = text(call.body, 'type')
    if (type !== 'assign' && type !== 'unassign') throw invalid(`${type} is not a type of action`)
    const to = type === 'assign' ? call.account.droplets.get(Number(call.body.droplet_id)) : undefined
    if (type === 'assign' && !to) throw notFound()
    if (to && to.region !== one.region) throw invalid('The Droplet is in another region.')
    const busy = to?.id ?? one.droplet
    if (busy !== undefined) mustBeIdle(call.account, busy)
    const leads = () => {
      one.droplet = to?.id
    }
    const action = begin(call.account, `${type}_ip`, undefined, leads, busy)
    return { status: 201, body: { action: actionView(action) } }
  }),
  route('GET', '/v2/reserved_ips/:ip/actions/:action', 'reserved_ip:read', (call) => {
    const action = known(call) && call.account.actions.get(Number(call.params.action))
    if (!action) throw notFound()
    return { status: 200, body: { action: actionView(action) } }
  }),
]

/** The reserved address that leads to a droplet. */
const ipOf = ({ reservedIps }: Account, droplet: number): ReservedIp | undefined =>
  [...reservedIps.values()].find((one) => one.droplet === droplet)

/** A droplet that is destroyed loses its address, which stays. */
export function unassignAll({ reservedIps }: Account, droplet: number): void {
  for (const one of reservedIps.values()) if (one.droplet === droplet) one.droplet = undefined
}

function known(call: Call): ReservedIp {
  const one = call.account.reservedIps.get(call.params.ip ?? '')
  if (!one || !shown(call.account, one)) throw notFound()
  return one
}

const view = (call: Call, { ip, region, droplet }: ReservedIp) => {
  const one = droplet === undefined ? undefined : call.account.droplets.get(droplet)
  return {
    ip,
    region: regionOf(region),
    droplet: one && call.may('droplet:read') ? dropletView(call, one) : null,
    locked: false,
    ...(call.may('project:read') && { project_id: projectOf(call.account, `do:reservedip:${ip}`) ?? null }),
  }
}
