import { describe, expect, test } from 'vitest'
import { add, type Domain, type DomainRecord } from '../../lab/digitalocean/domains.ts'
import type { Trouble } from '../../lab/digitalocean/trouble.ts'
import { type Own, own } from './own.ts'

const DNS = '  dns: { zone: example.org }\n'
const ROUTES = '{ web: { port: 80 }, api: { host: api, port: 80 }, inner: { host: lan, port: 80, profiles: [lan] } }'

type WithZone = Own & { readonly zone: Domain }

const names = (...hosts: readonly string[]) =>
  `{ ${hosts.map((host) => `${host}: { host: ${host}, port: 80 }`).join(', ')} }`

/** An account with the zone, in which somebody else has a record. */
async function withZone(dns = DNS, routes = ROUTES): Promise<WithZone> {
  const one = await own(routes)
  const zone: Domain = { name: 'example.org', madeAt: 0, records: new Map() }
  one.at.account.domains.set(zone.name, zone)
  add(one.at, zone, { type: 'A', name: '@', data: '198.51.100.1' })
  one.write(dns)
  return { ...one, zone }
}

const shown = ({ records }: Domain) =>
  [...records.values()].map(({ type, name, data, ttl }) => `${name} ${ttl} ${type} ${data}`).sort()
const addressIn = ({ at }: Own) => `192.0.2.${([...at.account.droplets.keys()][0] ?? 0) % 250}`
const wanted = (one: Own, ttl = 300) => [
  '@ 1800 A 198.51.100.1',
  `_groundwork.api.demo ${ttl} TXT groundwork=mle`,
  `_groundwork.demo ${ttl} TXT groundwork=mle`,
  `api.demo ${ttl} A ${addressIn(one)}`,
  `demo ${ttl} A ${addressIn(one)}`,
]

const at = (zone: Domain, name: string, type = 'A') => {
  const where = type === 'TXT' ? `_groundwork.${name}.demo` : `${name}.demo`
  const found = [...zone.records.values()].find((record) => record.name === where && record.type === type)
  if (!found) throw new Error(`no ${type} ${where}`)
  return found
}
/** What a plan says of one name, up to the next. */
const aboutName = (out: string, name: string) => out.split('DNS name ').find((text) => text.startsWith(`${name}.demo`))

const DRIFTS: readonly (readonly [string, (one: WithZone, of: (type?: string) => DomainRecord) => void, string])[] = [
  ['another address', (_, of) => Object.assign(of(), { data: '203.0.113.9' }), '203.0.113.9'],
  ['another time to live', (_, of) => Object.assign(of(), { ttl: 3600 }), '3600'],
  ['an address that is gone', ({ zone }, of) => zone.records.delete(of().id), 'A'],
  ['a mark that is gone', ({ zone }, of) => zone.records.delete(of('TXT').id), 'mark'],
  [
    'a second address',
    ({ at: standIn, zone }, of) => add(standIn, zone, { ...of(), data: '203.0.113.8' }),
    '203.0.113.8',
  ],
  ['an address twice', ({ at: standIn, zone }, of) => add(standIn, zone, { ...of() }), 'mle-1, mle-1'],
  [
    'an IPv6 address at which nobody answers',
    ({ at: standIn, zone }, of) => add(standIn, zone, { ...of(), type: 'AAAA', data: '2001:db8::1' }),
    '2001:db8::1',
  ],
]

const OTHERS: readonly (readonly [string, (name: string) => Readonly<Record<string, string>>, string])[] = [
  ['an address', (name) => ({ type: 'A', name, data: '203.0.113.9' }), 'A 203.0.113.9'],
  ['another name', (name) => ({ type: 'CNAME', name, data: 'pages.example.net.' }), 'CNAME pages.example.net.'],
  [
    'the mark of another organization',
    (name) => ({ type: 'TXT', name: `_groundwork.${name}`, data: 'groundwork=other' }),
    'TXT groundwork=other',
  ],
]

describe.concurrent('names', { timeout: 180_000 }, () => {
  test('the enabled routes get theirs, marked; nothing else is touched, and the next run makes one list more', async () => {
    const one = await withZone()
    const plan = await one.run('--plan')
    expect(plan.exit, plan.out + plan.err).toBe(2)
    expect(plan.out).toContain('DNS name api.demo.example.org')
    expect(one.writes()).toEqual([])
    await one.done()
    expect(shown(one.zone)).toEqual(wanted(one))
    await one.done()
    expect(one.writes()).toEqual([])
    expect(one.at.calls.filter((call) => call.includes('domains'))).toEqual(['GET /v2/domains/example.org/records'])
  })

  test('what was changed behind our back is seen and mended', async () => {
    const one = await withZone(DNS, names(...DRIFTS.map((_, index) => `n${index}`)))
    await one.done()
    const before = shown(one.zone)
    for (const [index, [, change]] of DRIFTS.entries()) change(one, (type) => at(one.zone, `n${index}`, type))
    const plan = await one.run('--plan')
    expect(plan.exit, plan.out).toBe(2)
    for (const [index, [what, , told]] of DRIFTS.entries())
      expect(aboutName(plan.out, `n${index}`), what).toContain(told)
    await one.done()
    expect(shown(one.zone)).toEqual(before)
    await one.done()
    expect(one.writes()).toEqual([])
  })

  test('what somebody else has there stops, is named, and goes only where the flag says so', async () => {
    const one = await withZone(DNS, names(...OTHERS.map((_, index) => `n${index}`)))
    for (const [index, [, record]] of OTHERS.entries()) add(one.at, one.zone, record(`n${index}.demo`))
    const before = shown(one.zone)
    const flags = OTHERS.flatMap((_, index) => ['--allow-replace', `n${index}.demo.example.org`])
    const plan = await one.run('--plan')
    expect(plan.exit, plan.out).toBe(2)
    for (const came of [plan, await one.run(...flags.slice(2))]) {
      expect(came.out + came.err).toContain(flags.slice(0, 2).join(' '))
      expect(shown(one.zone)).toEqual(before)
      expect(one.writes()).toEqual([])
    }
    const came = await one.run()
    expect(came.exit).toBe(1)
    for (const [what, , told] of OTHERS) expect(came.out + came.err, what).toContain(told)
    await one.done(...flags)
    const address = addressIn(one)
    expect(shown(one.zone).filter((record) => record.startsWith('n'))).toEqual(
      OTHERS.map((_, index) => `n${index}.demo 300 A ${address}`),
    )
  })

  test('what is there as it should be is taken', async () => {
    const one = await withZone('')
    await one.done()
    add(one.at, one.zone, { type: 'A', name: 'api.demo', data: addressIn(one) })
    one.write(DNS)
    await one.done()
    expect(shown(one.zone)).toEqual(wanted(one))
  })

  test('a host that is no droplet has a name by its IPv4 address; one without is told', async () => {
    const one = await withZone()
    const host = (address: string) =>
      `{ name: mle-1, provider: existing, address: ${address}, labels: { role: storage } }`
    const access = 'access: { profile: public, domain: demo.example.org }\n'
    one.write(DNS, access, host('203.0.113.9'))
    await one.done()
    expect(shown(one.zone)).toEqual(expect.arrayContaining(['demo 300 A 203.0.113.9', 'api.demo 300 A 203.0.113.9']))
    one.write(DNS, access, host('mle-1.example.org'))
    const came = await one.run()
    expect(came.exit).toBe(64)
    expect(came.out + came.err).toContain('The name demo.example.org leads to no address')
  })

  test('a name to which no route leads any more is told, and stays', async () => {
    const one = await withZone()
    await one.done()
    one.write(DNS, 'access: { profile: public, domain: beta.example.org }\n')
    const came = await one.done()
    for (const name of ['demo.example.org', 'api.demo.example.org'])
      expect(came.out).toContain(`The DNS name ${name} was made for mle, and no route leads there any more`)
    expect(shown(one.zone)).toEqual(expect.arrayContaining(wanted(one)))
  })

  test('a droplet that is made anew has its new address under the names', async () => {
    const one = await withZone()
    await one.done()
    const old = addressIn(one)
    one.at.account.droplets.clear()
    await one.done()
    expect(addressIn(one)).not.toBe(old)
    expect(shown(one.zone)).toEqual(wanted(one))
  })

  test('a zone that is not there stops before anything is made; with create it is made', async () => {
    const one = await own(ROUTES)
    one.write(DNS)
    for (const words of [['--plan'], []]) {
      const came = await one.run(...words)
      expect(came.exit).toBe(1)
      expect(came.out + came.err).toContain('There is no zone example.org')
      expect(one.writes()).toEqual([])
    }
    one.write('  dns: { zone: example.org, create: true, ttl: 60 }\n')
    await one.done()
    const zone = one.at.account.domains.get('example.org')
    if (!zone) throw new Error('there is none')
    expect(shown(zone)).toEqual(expect.arrayContaining(wanted(one, 60).slice(1)))
    await one.done()
    expect(one.writes()).toEqual([])
  })

  test.each<readonly [string, string, Trouble]>([
    ['a lost answer of a record', 'POST /v2/domains/example.org/records', 'cut after'],
    ['503 where a record is made', 'POST /v2/domains/example.org/records', { status: 503 }],
    ['503 at the list', 'GET /v2/domains/example.org/records', { status: 503 }],
  ])('%s: one run, exactly what is wanted', async (_, call, trouble) => {
    const one = await withZone()
    one.first(1, call, trouble)
    await one.done()
    expect(shown(one.zone)).toEqual(wanted(one))
  })

  test('records that lists show only later', async () => {
    const one = await withZone()
    one.at.account.lag = { listSeconds: 1.5, getSeconds: 0 }
    await one.done()
    expect(shown(one.zone)).toEqual(wanted(one))
  })

  test('a token that may not read zones is told before anything is made', async () => {
    const one = await withZone()
    one.at.scopes = ['droplet:read', 'droplet:create', 'firewall:read', 'ssh_key:read', 'tag:read']
    const came = await one.run()
    expect(came.exit).toBe(1)
    expect(came.out + came.err).toContain('domain')
    expect(one.writes()).toEqual([])
  })
})
