import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { secretFrom, takenOut } from '../../src/clients/secret-place.ts'
import { tailscaleApi } from '../../src/clients/tailscale/api.ts'
import { type Tailnet, tailnet, tailnetOf } from '../../src/clients/tailscale/tailnet.ts'
import { secret } from '../../src/engine/secret.ts'
import { TAILSCALE_FINGERPRINT, TAILSCALE_PACKAGES } from '../../src/inventory/check-tailscale.ts'
import { type NameWish, nameIsFree, readName, tailscaleName } from '../../src/resources/tailscale-name.ts'
import { machine, type StandIn, startTailscaleApi, type Trouble } from '../lab/tailscale/api.ts'

const signal = new AbortController().signal
const TAGS = ['tag:server']
let at: StandIn
beforeEach(async () => {
  at = await startTailscaleApi()
  process.env.TAILSCALE_API_URL = at.url
})
afterEach(() => {
  at.close()
  delete process.env.TAILSCALE_API_URL
})

const byOauth = (more: { readonly secret?: string } = {}): Tailnet =>
  tailnet(tailscaleApi({ id: at.oauth.id, secret: secret(more.secret ?? at.oauth.secret) }), true)
const byKey = (key = at.apiKey): Tailnet => tailnet(tailscaleApi({ apiKey: secret(key) }), false)
const wish = (more: Partial<NameWish> = {}): NameWish => ({
  hostname: 'bee',
  tags: TAGS,
  acceptDns: false,
  tailnet: async () => byOauth(),
  ...more,
})

test.each([
  ['an OAuth client', () => byOauth()],
  ['an API key', () => byKey()],
])('%s makes a key for one login, for one host, for ten minutes', async (_, open) => {
  const key = await open().mint('bee', TAGS, signal)
  expect(key.reveal()).toBe(at.made[0]?.key)
  expect(at.made).toMatchObject([
    {
      tags: TAGS,
      expirySeconds: 600,
      reusable: false,
      ephemeral: false,
      preauthorized: true,
      description: 'groundwork bee',
    },
  ])
})

test('a token lasts for many calls', async () => {
  const api = byOauth()
  for (const host of ['bee', 'elk']) await api.mint(host, TAGS, signal)
  expect(at.calls.filter((call) => call.endsWith('/oauth/token'))).toHaveLength(1)
})

const once = (wanted: string, trouble: Trouble) => {
  let open = true
  at.trouble = (call) => {
    if (!open || call !== wanted) return undefined
    open = false
    return trouble
  }
}

test.each<[string, Trouble]>([
  ['is cut before it is heard', 'cut before'],
  ['is cut behind', 'cut after'],
  ['comes too early', { status: 429, retryAfter: 0 }],
  ['finds the API down', { status: 503 }],
])('a call that %s is made again', async (_, trouble) => {
  once('POST /api/v2/tailnet/-/keys', trouble)
  expect((await byOauth().mint('bee', TAGS, signal)).reveal()).toBe(at.made.at(-1)?.key)
})

test.each([
  [
    'secret of another client',
    () => byOauth({ secret: 'tskey-client-wrong' }),
    'does not know the OAuth client',
    'trust-credentials',
  ],
  ['API key that has ended', () => byKey('tskey-api-wrong'), 'does not take the API key', '90 days'],
  ['scope that lacks', () => byOauth(), 'does not reach so far', 'auth_keys and devices:core'],
  ['tag of nobody', () => byOauth(), 'with these tags cannot be made', 'tagOwners'],
])('%s is told, with what to do, and without the secret', async (name, open, what, remedy) => {
  if (name.startsWith('scope')) at.oauth.scopes = ['devices:core']
  if (name.startsWith('tag')) at.tagOwners = []
  const fault = await open()
    .mint('bee', TAGS, signal)
    .catch((error: unknown) => error)
  expect(fault).toMatchObject({ message: expect.stringContaining(what), try: expect.stringContaining(remedy) })
  expect(JSON.stringify(fault)).not.toMatch(/wrong|0123456789abcdef/)
})

test.each([
  ['no JSON', '<html>', 'it is no JSON'],
  ['no key', '{"id":"k1"}', 'key is not as described'],
  ['a key with a line', '{"key":"tskey-auth-k1\\nrm -rf /"}', 'key is not as described'],
])('an answer with %s is not taken', async (_, body, because) => {
  at.trouble = (call) => (call.endsWith('/keys') ? { status: 200, body } : undefined)
  await expect(byKey().mint('bee', TAGS, signal)).rejects.toMatchObject({
    because: `POST /api/v2/tailnet/-/keys: ${because}`,
  })
})

test('the access is sent to no other machine in clear, and its keys to no other control server', async () => {
  process.env.TAILSCALE_API_URL = 'http://192.0.2.1'
  expect(() => byKey()).toThrow(expect.objectContaining({ exit: 64 }))
  delete process.env.TAILSCALE_API_URL
  const place = { env: 'GROUNDWORK_TEST_API', file: undefined, command: undefined }
  const other = { loginServer: 'https://tailnet.example.org', apiKey: place, oauth: undefined, authKey: undefined }
  const rest = {
    binaries: undefined,
    source: 'repository' as const,
    repository: { url: TAILSCALE_PACKAGES, fingerprint: TAILSCALE_FINGERPRINT },
    tags: [],
    acceptDns: false,
    acceptRoutes: false,
    advertiseRoutes: [],
    ssh: false,
    sshOver: false,
  }
  await expect(tailnetOf({ ...other, ...rest })).rejects.toMatchObject({ exit: 64, at: 'tailscale.loginServer' })
})

test('a variable with the access is in nothing that is started, and is still known here', async () => {
  process.env.GROUNDWORK_TEST_API = at.apiKey
  const place = { env: 'GROUNDWORK_TEST_API', file: undefined, command: undefined }
  takenOut(place)
  expect(execFileSync('env', { encoding: 'utf8' })).not.toContain('tskey-api-')
  expect((await secretFrom(place, { what: 'key', at: 'x', made: 'y' })).reveal()).toBe(at.apiKey)
})

test('what an earlier life of the host left under its name is removed, and nothing else', async () => {
  machine(at, 'bee')
  const others = [machine(at, 'elk'), machine(at, 'bee', { name: 'bee-2.tail1234.ts.net' })]
  await nameIsFree(wish(), signal)
  expect(at.machines).toEqual(others)
})

test('a machine of that name that has not our tags stays', async () => {
  for (const tags of [[], ['tag:other']]) machine(at, 'bee', { tags })
  await nameIsFree(wish(), signal)
  expect(at.machines).toHaveLength(2)
})

test.each([{ connectedToControl: true }, { connectedToControl: undefined, lastSeen: new Date().toISOString() }])(
  'one that is online stops the run, and is not touched (%o)',
  async (more) => {
    machine(at, 'bee', more)
    await expect(nameIsFree(wish(), signal)).rejects.toMatchObject({
      message: 'Another node of the tailnet is called bee, and it is online.',
      because: expect.stringContaining('bee-1'),
    })
    expect(at.machines).toHaveLength(1)
  },
)

const fix = (more: Partial<NameWish>) =>
  tailscaleName(wish(more)).fix({ name: { from: 'bee-1', to: 'bee' } }) as (signal: AbortSignal) => Promise<void>

test('a host that was given another name gets its own, once its old node is gone', async () => {
  machine(at, 'bee')
  const own = machine(at, 'bee', { name: 'bee-1.tail1234.ts.net', connectedToControl: true })
  await fix({})(signal)
  expect(at.machines).toEqual([{ ...own, name: 'bee.tail1234.ts.net' }])
})

test('a name that somebody else has is told', async () => {
  machine(at, 'bee', { tags: [] })
  machine(at, 'bee', { name: 'bee-1.tail1234.ts.net', connectedToControl: true })
  await expect(fix({})(signal)).rejects.toMatchObject({ because: expect.stringContaining('has not the tags') })
})

const status = (DNSName: string, MagicDNSEnabled?: boolean) =>
  JSON.stringify({
    BackendState: 'Running',
    Self: { DNSName, TailscaleIPs: ['100.64.0.1', 'fd7a:115c:a1e0::1'] },
    CurrentTailnet: MagicDNSEnabled === undefined ? null : { MagicDNSEnabled },
  })

test.each([
  ['bee.tail1234.ts.net.', 'bee', 'bee. 600 ClassINET TypeA 100.64.0.1', "the host's own address"],
  ['bee.tail1234.ts.net.', 'bee', 'bee. 600 ClassINET TypeA 100.64.0.1', "the host's own address", true],
  ['bee.tail1234.ts.net.', 'bee', 'bee. 600 ClassINET TypeA 100.64.0.1', 'it is off', false],
  ['bee-1.tail1234.ts.net.', 'bee-1', 'Response code: RCodeNameError', 'nothing of it'],
  ['', 'otherwise', 'bee. 600 ClassINET TypeA 100.64.0.11', 'nothing of it'],
] as const)('the name %s', (name, first, said, says, on = undefined) => {
  expect(readName(`${status(name, on)}\n==\n${said}`, 'otherwise')).toEqual({ first, says })
})
