import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ANA } from '../inventory/broken/base.ts'
import { type StandIn, startDigitalOcean } from '../lab/digitalocean/server.ts'
import { type Came, groundwork } from '../lab/groundwork.ts'

// The real engine and the real provider, against the stand-in for the API: they are found on the PATH, or nothing of this runs.
beforeAll(() => {
  for (const program of ['pulumi', 'pulumi-resource-digitalocean'])
    if (spawnSync('sh', ['-c', `command -v ${program}`]).status)
      throw new Error(`These tests need ${program} on the PATH: https://www.pulumi.com/docs/install/`)
})

const PASSPHRASE = 'a-passphrase-that-nobody-may-see-0123456789'
const root = mkdtempSync(join(tmpdir(), 'pulumi-'))
afterAll(() => rmSync(root, { recursive: true }))
let at: StandIn
let folder = ''
beforeEach(async () => {
  at = await startDigitalOcean()
  folder = mkdtempSync(join(root, 'run-'))
  write()
})
afterEach(() => at.close())

const write = ({ hosts = 1, more = 'size: s-2vcpu-4gb', way = 'pulumi' } = {}) =>
  writeFileSync(
    join(folder, 'mle.yaml'),
    `organization: mle
platform: demo
contact: ops@example.org
operators: [{ name: ana, keys: [${ANA}] }]
hosts:
${Array.from({ length: hosts }, (_, index) => `  - { name: mle-${index + 1}, provider: digitalocean, region: nyc3, ${more}, role: ${index ? 'worker' : 'manager'} }\n`).join('')}access: { profile: public, domain: example.org }
digitalocean:
  token: { env: DO_TOKEN }
  way: ${way}
  pulumi: { state: ./state, passphrase: { env: PASSPHRASE } }
`,
  )

/** The one command, as far as the cloud; what is secret is on no screen, and in no byte that is left anywhere. */
async function run(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Came> {
  at.calls.length = 0
  const came = await groundwork(['--inventory', join(folder, 'mle.yaml'), '--only', 'cloud', ...words], {
    XDG_STATE_HOME: join(folder, 'groundwork'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    DIGITALOCEAN_API_URL: at.url,
    DO_TOKEN: at.token,
    PASSPHRASE,
    ...env,
  })
  const texts = [came.out, came.err, ...left().map(({ text }) => text)]
  for (const secret of [at.token, PASSPHRASE, ...firstKeys()])
    for (const form of [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')])
      expect(texts.filter((text) => text.includes(form)).length, form.slice(0, 8)).toBe(0)
  return came
}

const left = (path = folder) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .map((file) => ({ file, text: readFileSync(file, 'latin1') }))

/** A line of the private key in each droplet's user data. */
const firstKeys = () =>
  droplets().flatMap(({ userData }) => /-----BEGIN [\s\S]+?-----END/.exec(userData)?.[0]?.split('\n')[3]?.trim() ?? [])

const droplets = () => [...at.account.droplets.values()]
// An empty body only asks whether the token may.
const writes = () => at.calls.filter((call) => !call.startsWith('GET ') && !call.endsWith(' {}'))
const stateFile = () => join(folder, 'state', '.pulumi', 'stacks', 'groundwork', 'mle.json')

test('an empty account: made, with nothing secret in clear; the next run starts no Pulumi', async () => {
  const plan = await run(['--plan'])
  expect(plan.exit, plan.out + plan.err).toBe(2)
  expect(writes()).toEqual([])

  const made = await run()
  expect(made.exit, made.out + made.err).toBe(0)
  expect(droplets()).toMatchObject([{ name: 'mle-1', image: 'debian-13-x64', status: 'active' }])
  expect([...(droplets()[0]?.tags ?? [])].sort()).toEqual(['groundwork:mle', 'groundwork:mle:mle-1'])
  expect(firstKeys()).toHaveLength(1)
  expect([...at.account.firewalls.values()]).toMatchObject([{ name: 'groundwork-mle', tags: ['groundwork:mle'] }])
  const state = readFileSync(stateFile(), 'utf8')
  expect(state).toContain('digitalocean:index/droplet:Droplet')
  expect(state).toContain('"ciphertext"')

  const again = await run([], { PATH: withoutPulumi() })
  expect(again.exit, again.out + again.err).toBe(0)
  expect([...at.calls].sort()).toEqual(['GET /v2/account/keys', 'GET /v2/droplets', 'GET /v2/firewalls'])
})

const withoutPulumi = () =>
  (process.env.PATH ?? '')
    .split(':')
    .filter((one) => !programsIn(one).includes('pulumi'))
    .join(':')
const programsIn = (path: string): readonly string[] => {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

test('the state is lost, or there was none yet: what is there is adopted, and nothing is made, changed or replaced', async () => {
  write({ hosts: 2, way: 'api' })
  expect((await run()).exit).toBe(0)
  const before = structuredClone(droplets())
  write({ hosts: 2 })
  for (const lost of [() => undefined, () => rmSync(join(folder, 'state'), { recursive: true })]) {
    lost()
    const plan = await run(['--plan'])
    expect(plan.exit, plan.out).toBe(2)
    expect(plan.out).toContain('Pulumi state of mle')
    const came = await run()
    expect(came.exit, came.out + came.err).toBe(0)
    expect(came.out).toMatch(/adopts .*mle-1, mle-2/)
    expect(droplets()).toEqual(before)
    expect(writes().filter((call) => !['POST /v2/tags'].includes(call))).toEqual([])
  }
  // And back: found by tag, as ever.
  write({ hosts: 2, way: 'api' })
  expect((await run()).exit).toBe(0)
  expect(writes()).toEqual([])
})

test('what was changed behind our back is mended; what would replace a droplet is left alone', async () => {
  await run()
  const [wall] = at.account.firewalls.values()
  const [one] = droplets()
  if (!wall || !one) throw new Error('nothing was made')
  const rules = structuredClone(wall.inbound_rules)
  wall.inbound_rules = wall.inbound_rules.slice(1)
  // Somebody switches it on in the provider's pages: to Pulumi, left to itself, that is another droplet.
  one.features.add('monitoring')
  one.features.add('backups')
  const came = await run()
  expect(came.exit, came.out + came.err).toBe(0)
  expect(droplets()).toMatchObject([{ id: one.id }])
  expect(one.features).not.toContain('backups')
  expect(wall.inbound_rules).toHaveLength(rules.length)
})

test('another size is the same droplet', async () => {
  await run()
  const [before] = droplets()
  write({ more: 'size: s-4vcpu-8gb' })
  const came = await run()
  expect(came.exit, came.out + came.err).toBe(0)
  expect(droplets()).toMatchObject([{ id: before?.id, size: 's-4vcpu-8gb', status: 'active' }])
})

test('what would be replaced stops, and is replaced where the flag names it', async () => {
  await run()
  const [before] = droplets()
  write({ more: 'size: s-2vcpu-4gb, release: bookworm' })
  const stopped = await run()
  expect(stopped.exit).toBe(1)
  expect(stopped.out + stopped.err).toContain('--allow-replace mle-1')
  expect(writes()).toEqual([])
  const came = await run(['--allow-replace', 'mle-1'])
  expect(came.exit, came.out + came.err).toBe(0)
  expect(droplets()).toMatchObject([{ image: 'debian-12-x64', status: 'active' }])
  expect(droplets()[0]?.id).not.toBe(before?.id)
})

test('a host that left the inventory stays; Pulumi forgets it', async () => {
  write({ hosts: 2 })
  await run()
  write()
  at.account.firewalls.clear()
  const came = await run()
  expect(came.exit, came.out + came.err).toBe(0)
  expect(droplets()).toHaveLength(2)
  expect(readFileSync(stateFile(), 'utf8')).not.toContain('mle-2')
})

test('a droplet whose answer was lost is adopted by the next run', async () => {
  let cut = 0
  at.trouble = (call) => (call === 'POST /v2/droplets' && !cut++ ? 'cut after' : undefined)
  await run()
  expect(droplets()).toHaveLength(1)
  const came = await run()
  expect(came.exit, came.out + came.err).toBe(0)
  expect(droplets()).toHaveLength(1)
})

test('another passphrase is told', async () => {
  await run()
  at.account.firewalls.clear()
  const came = await run([], { PASSPHRASE: 'not-the-one-it-was' })
  expect(came.exit).toBe(64)
  expect(came.out + came.err).toContain('The passphrase is not that of')
  expect(writes()).toEqual([])
})
