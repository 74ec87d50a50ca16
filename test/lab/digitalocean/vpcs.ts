import { randomUUID } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import { type Account, listed, type Made, now, shown } from './account.ts'
import { type Call, gone, route, text } from './call.ts'
import { regionOf } from './catalogue.ts'
import { page } from './page.ts'
import { conflict, forbidden, invalid, notFound } from './refused.ts'

export interface Vpc extends Made {
  readonly id: string
  readonly region: string
  readonly ip_range: string
  readonly created_at: string
  readonly isDefault: boolean
  name: string
}

export const vpcRoutes = [
  route('GET', '/v2/vpcs', 'vpc:read', (call) =>
    page(call, '/v2/vpcs', 'vpcs', listed(call.account, call.account.vpcs.values()).map(view)),
  ),
  route('POST', '/v2/vpcs', 'vpc:create', (call) => {
    const { account, body } = call
    const name = text(body, 'name')
    const region = text(body, 'region')
    if (!/^[a-zA-Z0-9\-.]+$/.test(name))
      throw invalid('name may only contain alphanumeric characters, dashes, and periods')
    if (!regionOf(region)) throw invalid('region is invalid')
    if ([...account.vpcs.values()].some((one) => one.name === name)) throw conflict('name is already in use')
    const range = body.ip_range === undefined ? freeRange(account) : text(body, 'ip_range')
    const [, bits] = ipaddr.parseCIDR(range)
    if (bits < 16 || bits > 28) throw invalid('ip_range must be between /16 and /28')
    if ([...account.vpcs.values()].some((one) => overlap(one.ip_range, range)))
      throw invalid('This range/size overlaps with another VPC network in your account.')
    return { status: 201, body: { vpc: view(made(account, name, region, range, false)) } }
  }),
  route('GET', '/v2/vpcs/:id', 'vpc:read', (call) => ({ status: 200, body: { vpc: view(known(call)) } })),
  route('DELETE', '/v2/vpcs/:id', 'vpc:delete', (call) => {
    const vpc = known(call)
    const members = [...call.account.droplets.values()].some((one) => one.vpc === vpc.id)
    if (vpc.isDefault || members) throw forbidden()
    call.account.vpcs.delete(vpc.id)
    return gone
  }),
]

/** The network of a droplet that is made: the one that is named, or its region's default. @throws Refused */
export function vpcFor(account: Account, region: string, named: unknown): string {
  if (named === undefined) {
    const there = [...account.vpcs.values()].find((one) => one.isDefault && one.region === region)
    return (there ?? made(account, `default-${region}`, region, freeRange(account), true)).id
  }
  const vpc = account.vpcs.get(String(named))
  if (!vpc) throw invalid('VPC not found')
  if (vpc.region !== region) throw invalid('VPC must be in the same region as the Droplet.')
  return vpc.id
}

function made(account: Account, name: string, region: string, ip_range: string, isDefault: boolean): Vpc {
  const vpc: Vpc = { id: randomUUID(), name, region, ip_range, isDefault, created_at: now(), madeAt: Date.now() }
  account.vpcs.set(vpc.id, vpc)
  return vpc
}

function freeRange({ vpcs }: Account): string {
  const ranges = Array.from({ length: 16 }, (_, index) => `10.116.${index * 16}.0/20`)
  const free = ranges.find((one) => ![...vpcs.values()].some(({ ip_range }) => overlap(ip_range, one)))
  if (free === undefined) throw invalid('no range is free')
  return free
}

function overlap(one: string, other: string): boolean {
  const [[a, bitsA], [b, bitsB]] = [ipaddr.parseCIDR(one), ipaddr.parseCIDR(other)]
  return a.match(b, Math.min(bitsA, bitsB))
}

function known(call: Call): Vpc {
  const vpc = call.account.vpcs.get(call.params.id ?? '')
  if (!vpc || !shown(call.account, vpc)) throw notFound()
  return vpc
}

const view = ({ id, name, region, ip_range, created_at, isDefault }: Vpc) => ({
  id,
  urn: `do:vpc:${id}`,
  name,
  description: '',
  region,
  ip_range,
  created_at,
  default: isDefault,
})
