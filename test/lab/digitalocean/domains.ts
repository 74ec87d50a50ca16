import { isIPv4, isIPv6 } from 'node:net'
import { listed, type Made } from './account.ts'
import { type Body, type Call, gone, route, text } from './call.ts'
import { page } from './page.ts'
import { invalid, notFound } from './refused.ts'

export interface DomainRecord extends Made {
  readonly id: number
  type: string
  /** Without the zone: `@`, `www`. */
  name: string
  data: string
  ttl: number
}

/** A zone with its records; name servers included, as a new one has them. */
export interface Domain extends Made {
  readonly name: string
  readonly records: Map<number, DomainRecord>
}

export const domainRoutes = [
  route('GET', '/v2/domains', 'domain:read', (call) =>
    page(call, '/v2/domains', 'domains', listed(call.account, call.account.domains.values()).map(domainView)),
  ),
  route('POST', '/v2/domains', 'domain:create', (call) => {
    const name = text(call.body, 'name')
    if (call.account.domains.has(name)) throw invalid('name already exists')
    const domain: Domain = { name, madeAt: Date.now(), records: new Map() }
    call.account.domains.set(name, domain)
    for (const server of [1, 2, 3]) add(call, domain, { type: 'NS', name: '@', data: `ns${server}.digitalocean.com` })
    return { status: 201, body: { domain: domainView(domain) } }
  }),
  route('GET', '/v2/domains/:zone', 'domain:read', (call) => ({
    status: 200,
    body: { domain: domainView(known(call)) },
  })),
  route('GET', '/v2/domains/:zone/records', 'domain:read', (call) => {
    const domain = known(call)
    const [name, type] = ['name', 'type'].map((key) => call.query.get(key))
    const asked = listed(call.account, domain.records.values()).filter(
      (one) => (!name || whole(domain, one) === name) && (!type || one.type === type),
    )
    return page(call, `/v2/domains/${domain.name}/records`, 'domain_records', asked.map(recordView))
  }),
  route('POST', '/v2/domains/:zone/records', 'domain:create', (call) => {
    const domain = known(call)
    const said = { type: text(call.body, 'type'), name: text(call.body, 'name'), data: text(call.body, 'data') }
    return { status: 201, body: { domain_record: recordView(add(call, domain, { ...said, ttl: call.body.ttl })) } }
  }),
  route('GET', '/v2/domains/:zone/records/:id', 'domain:read', (call) => ({
    status: 200,
    body: { domain_record: recordView(knownRecord(call)) },
  })),
  route('PUT', '/v2/domains/:zone/records/:id', 'domain:update', (call) => {
    const record = knownRecord(call)
    Object.assign(record, checked(known(call), { ...record, ...call.body }, record.id))
    return { status: 200, body: { domain_record: recordView(record) } }
  }),
  route('DELETE', '/v2/domains/:zone/records/:id', 'domain:delete', (call) => {
    known(call).records.delete(knownRecord(call).id)
    return gone
  }),
]

/** A record as somebody else makes it. @throws Refused */
export function add(call: Pick<Call, 'account'>, domain: Domain, said: Body): DomainRecord {
  const record = { id: call.account.next(), madeAt: Date.now(), ...checked(domain, said) }
  domain.records.set(record.id, record)
  return record
}

function checked(domain: Domain, said: Body, itself?: number): Pick<DomainRecord, 'type' | 'name' | 'data' | 'ttl'> {
  const type = String(said.type)
  const name = String(said.name)
  const data = String(said.data)
  const ttl = Number(said.ttl ?? 1800)
  if (name !== '@' && !/^(\*|[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*$/i.test(name))
    throw invalid('Name is not valid')
  if (type === 'A' && !isIPv4(data)) throw invalid('IP address did not match IPv4 format (e.g. 127.0.0.1).')
  if (type === 'AAAA' && !isIPv6(data)) throw invalid('IP address did not match IPv6 format.')
  if (!Number.isInteger(ttl) || ttl < 30) throw invalid('TTL must be 30 or more')
  const others = [...domain.records.values()].filter((one) => one.name === name && one.id !== itself)
  if (type === 'CNAME' ? others.length : others.some((one) => one.type === 'CNAME'))
    throw invalid('CNAME records cannot share a name with other records')
  return { type, name, data, ttl }
}

function known(call: Call): Domain {
  const domain = call.account.domains.get(call.params.zone ?? '')
  if (!domain) throw notFound()
  return domain
}

function knownRecord(call: Call): DomainRecord {
  const record = known(call).records.get(Number(call.params.id))
  if (!record) throw notFound()
  return record
}

const whole = ({ name: zone }: Domain, { name }: DomainRecord): string => (name === '@' ? zone : `${name}.${zone}`)

const domainView = ({ name, records }: Domain) => ({
  name,
  ttl: 1800,
  zone_file: [...records.values()].map((one) => `${one.name} ${one.ttl} IN ${one.type} ${one.data}`).join('\n'),
})

const recordView = ({ id, type, name, data, ttl }: DomainRecord) => ({
  id,
  type,
  name,
  data,
  priority: null,
  port: null,
  ttl,
  weight: null,
  flags: null,
  tag: null,
})
