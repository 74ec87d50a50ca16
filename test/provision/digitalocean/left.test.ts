import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type SpacesStandIn, startSpaces } from '../../lab/digitalocean/spaces.ts'
import { own } from './own.ts'

const open: SpacesStandIn[] = []
afterAll(() => {
  for (const one of open) one.close()
})

const ACCOUNT = `  project: Sprocket
  vpc: {}
  dns: { zone: example.org, create: true }
  databases: [{ name: main, version: "15", size: db-s-1vcpu-2gb, region: nyc3 }]
  spaces: { region: nyc3, buckets: [{ name: mle-backups }] }
`
const ACCESS = 'access: { profile: public, domain: demo.example.org }\n'
const BARE =
  '{ name: mle-1, provider: digitalocean, region: nyc3, size: s-2vcpu-4gb, role: manager, labels: { role: storage } }'
const FULL = BARE.replace(
  'role: manager',
  'reservedIp: true, volumes: [{ name: data, sizeGiB: 50, at: /mnt/data }], role: manager',
)
const ELSEWHERE = '{ name: mle-1, provider: existing, address: 203.0.113.9, labels: { role: storage } }'

/** An organization that had everything; what its inventory says then is written by each test. */
async function whole() {
  const spaces = await startSpaces()
  open.push(spaces)
  const one = await own(undefined, { DIGITALOCEAN_SPACES_URL: spaces.url })
  spaces.account = one.at.account
  one.write(ACCOUNT, ACCESS, FULL)
  await one.done()
  const noted = () => parse(readFileSync(join(one.folder, 'mle.lock.yaml'), 'utf8')).digitalocean
  return { ...one, spaces, noted }
}

/** What is told of each kind, and how it is let go by hand. */
const TOLD = [
  /The reserved IP [\d.]+ of mle-1 is no longer in the inventory: .* To let it go: https:\/\/cloud.digitalocean.com\/networking\/reserved_ips/,
  /The volume data \(50 GiB in nyc3\) has the tag of mle, .* To let it go: https:\/\/cloud.digitalocean.com\/volumes/,
  /The private network groundwork-mle-nyc3 \([\d./]+\) is no longer in the inventory: .* https:\/\/cloud.digitalocean.com\/networking\/vpc/,
  /The project Sprocket is no longer in the inventory: .* https:\/\/cloud.digitalocean.com\/projects\/./,
  /The bucket mle-backups in nyc3 is no longer in the inventory: .* https:\/\/cloud.digitalocean.com\/spaces\/mle-backups/,
  /The DNS name demo.example.org was made for mle, .* https:\/\/cloud.digitalocean.com\/networking\/domains\/example.org/,
  /The database cluster mle-main has the tag of mle, .* https:\/\/cloud.digitalocean.com\/databases\/./,
]

describe.concurrent('what left the inventory', { timeout: 180_000 }, () => {
  test('is told by every plan and run until it is gone there, and never deleted', async () => {
    const one = await whole()
    const { account } = one.at
    await one.done()
    const calls = one.at.calls.length
    expect(one.noted()).toEqual({
      droplets: ['mle-1'],
      volumes: ['data'],
      reservedIps: ['mle-1'],
      vpcs: ['groundwork-mle-nyc3'],
      zones: ['example.org'],
      clusters: ['main'],
      projects: ['Sprocket'],
      buckets: { 'mle-backups': { region: 'nyc3', versioning: 'Enabled' } },
    })
    one.write('', ACCESS, BARE)
    for (const words of [['--plan'], [], [], ['--plan']]) {
      const came = await one.done(...words)
      for (const told of TOLD) expect(came.out).toMatch(told)
      expect(one.writes()).toEqual([])
      expect(one.at.calls.length).toBeLessThanOrEqual(calls)
    }
    // Let go by hand: told no more, and asked for no more.
    for (const all of [account.volumes, account.projects, account.clusters, account.domains, account.reservedIps])
      all.clear()
    account.vpcs.clear()
    one.spaces.buckets.clear()
    const [droplet] = account.droplets.values()
    droplet?.tags.splice(0, Number.POSITIVE_INFINITY, 'groundwork:mle', 'groundwork:mle:mle-1')
    const last = await one.done()
    expect(last.out).not.toContain('To let it go')
    expect(one.noted()).toEqual({ droplets: ['mle-1'] })
    await one.done()
    expect([...one.at.calls].sort()).toEqual(['GET /v2/account/keys', 'GET /v2/droplets', 'GET /v2/firewalls'])
  })

  test('is told where not even a droplet is left, and where no account is named any more', async () => {
    const one = await whole()
    one.write('', ACCESS, ELSEWHERE)
    const plan = await one.done('--plan')
    for (const told of [...TOLD, /The droplet \d+ mle-1 has the tag of mle/]) expect(plan.out).toMatch(told)
    const file = join(one.folder, 'mle.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^digitalocean:\n.*\n/m, ''))
    const without = await one.run('--plan')
    expect(without.out).toContain('The inventory names no account at DigitalOcean any more')
    expect(without.out).toContain('buckets: mle-backups')
    expect(one.at.calls).toEqual([])
  })

  test('is told where a run was killed before it had made all of it', async () => {
    const one = await own()
    one.write('  vpc: {}\n')
    one.first(1, 'POST /v2/droplets', { status: 422 })
    const came = await one.run()
    expect(came.exit).toBe(1)
    expect(one.at.account.vpcs.size).toBe(1)
    one.write()
    const plan = await one.run('--plan')
    expect(plan.out).toMatch(TOLD[2] ?? '')
  })

  test('another organization’s private network, and one of another name, are nobody’s to tell', async () => {
    const one = await own()
    one.write('  vpc: {}\n')
    await one.done()
    const [mine] = one.at.account.vpcs.values()
    if (!mine) throw new Error('there is no network')
    for (const name of ['groundwork-mle-2-nyc3', 'groundwork-rl-nyc3', 'default-fra1'])
      one.at.account.vpcs.set(name, { ...mine, id: name, name })
    one.write()
    const plan = await one.done('--plan')
    expect(plan.out.match(/The private network \S+/g)).toEqual(['The private network groundwork-mle-nyc3'])
  })
})
