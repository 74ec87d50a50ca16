import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Resource } from '../../src/engine/resource.ts'
import { secret } from '../../src/engine/secret.ts'
import { running, type Sh, shown } from '../../src/engine/sh.ts'
import { TAILSCALE_FINGERPRINT, TAILSCALE_PACKAGES } from '../../src/inventory/check-tailscale.ts'
import { expires } from '../../src/resources/tailscale-expiry.ts'
import { tailscaleFault } from '../../src/resources/tailscale-fault.ts'
import { tailscaleNode } from '../../src/resources/tailscale-node.ts'
import { mustHavePrograms, tailscale } from '../../src/steps/tailscale.ts'
import { sampleHost, sampleOrg } from '../steps/sample-org.ts'

const SERVER = 'https://controlplane.tailscale.com'
const wish = {
  hostname: 'bee',
  loginServer: SERVER,
  tags: ['tag:server', 'tag:club'],
  acceptDns: false,
  acceptRoutes: true,
  advertiseRoutes: ['10.20.0.0/16'],
  ssh: false,
  sshOver: false,
  authKey: { readHere: async () => secret('tskey-auth-0') },
  before: async () => undefined,
}
const node = tailscaleNode(wish)

const status = { BackendState: 'Running', Self: { Tags: ['tag:club', 'tag:server'] } }
const prefs = {
  ControlURL: SERVER,
  Hostname: 'bee',
  CorpDNS: false,
  RouteAll: true,
  RunSSH: false,
  AdvertiseRoutes: ['10.20.0.0/16'],
  AdvertiseTags: null,
}

/** What differs, where the host answers this. */
function changes({ desired, actual }: Resource, one: object, other: object) {
  const answer = `${JSON.stringify(one, undefined, 2)}\n==\n${JSON.stringify(other, undefined, 2)}`
  return Object.fromEntries(
    Object.entries(desired).flatMap(([key, to]) => {
      const probe = actual[key]
      const from = typeof probe === 'object' && 'read' in probe ? probe.read(answer) : undefined
      return from === to ? [] : [[key, { from, to }]]
    }),
  )
}
const fixText = (resource: Resource, one: object, other: object): string =>
  [resource.fix(changes(resource, one, other))]
    .flat()
    .map((text) => shown(text as Sh).trim())
    .join('\n')

test('a node that is as it should be has nothing to change', () => {
  expect(changes(node, status, prefs)).toEqual({})
})

test.each([
  ['a preference', status, { ...prefs, RunSSH: true }, 'tailscale set --ssh=false'],
  [
    'several of them',
    status,
    { ...prefs, RouteAll: false, AdvertiseRoutes: null },
    'tailscale set --accept-routes=true --advertise-routes=10.20.0.0/16',
  ],
  ['a node that was taken down', { ...status, BackendState: 'Stopped' }, prefs, 'timeout 60 tailscale up'],
])('%s is set alone, without a login', (_, one, other, text) => {
  expect(fixText(node, one, other)).toBe(text)
})

test('settings are taken back by an empty value', () => {
  const none = tailscaleNode({ ...wish, advertiseRoutes: [] })
  expect(fixText(none, status, prefs)).toBe('tailscale set --advertise-routes=')
})

test.each([
  ['another tailnet', status, { ...prefs, ControlURL: 'https://other.example.org' }, 'tailscale logout'],
  ['other tags', { ...status, Self: { Tags: ['tag:old'] } }, prefs, 'tags are given by the tailnet'],
  ['approval', { ...status, BackendState: 'NeedsMachineAuth' }, prefs, 'waits for approval'],
])('%s is told, and not taken away', (_, one, other, text) => {
  expect(fixText(node, one, other)).toContain(text)
  expect(fixText(node, one, other)).toMatch(/exit 1$/)
})

test.each(['NeedsLogin', 'NoState'])(
  '%s: it logs in with every setting, the key on stdin and never shown',
  (BackendState) => {
    const fresh = { ...prefs, Hostname: '', AdvertiseRoutes: null, RouteAll: false }
    const [, text] = node.fix(changes(node, { BackendState }, fresh)) as [unknown, Sh]
    expect(shown(text)).toContain(
      "printf '%s\\n' ‹secret› | timeout 70 tailscale up --reset --timeout=60s --auth-key=file:/dev/stdin --login-server=https://controlplane.tailscale.com --advertise-tags=tag:server,tag:club --hostname=bee --accept-dns=false --accept-routes=true --advertise-routes=10.20.0.0/16 --ssh=false 2>&1",
    )
    expect(running(text, () => 'tskey-auth-0')).toContain("printf '%s\\n' tskey-auth-0 |")
  },
)

test.each([
  ['backend error: invalid key: API key does not exist', 'not valid', 'settings/keys'],
  ['backend error: invalid authkey', 'not valid', 'settings/keys'],
  ['backend error: invalid key: unable to validate API key', 'not valid', 'settings/keys'],
  ['backend error: authkey expired', 'expired', 'settings/keys'],
  ['register request: http 401: authkey already used', 'used up', 'settings/keys'],
  ['backend error: requested tags [tag:server] are invalid or not permitted', 'these tags', 'tagOwners'],
  ['the control server did not let it in within 60 s', 'in 60 s', 'curl'],
])('%s', (said, what, remedy) => {
  const told = tailscaleFault(`some line\n${said}\n`, SERVER)
  expect(told?.what).toContain(what)
  expect(told?.because).toContain(said)
  expect(told?.try).toContain(remedy)
})

test('what nobody knows is not guessed; a server of your own mints its keys itself', () => {
  expect(tailscaleFault('flag provided but not defined: -frob', SERVER)).toBeUndefined()
  expect(tailscaleFault('invalid authkey', 'https://tailnet.example.org')?.try).toContain('headscale')
})

test.each([
  ['2026-12-05T10:00:00Z', 'at 2026-12-05T10:00Z'],
  ['2026-11-01T10:00:00Z', 'at 2026-11-01T10:00Z'],
  ['2027-05-05T10:00:00Z', 'not within 14 days'],
  [undefined, 'not within 14 days'],
])('a key that ends %s', (KeyExpiry, said) => {
  expect(expires(JSON.stringify({ Self: { KeyExpiry } }), new Date('2026-11-25T07:00:00Z'))).toBe(said)
})

test.each([
  [TAILSCALE_PACKAGES, 'https://pkgs.tailscale.com/stable', false],
  ['http://mirror.example.org:8080/tailscale', 'http://mirror.example.org:8080/tailscale', true],
])('from the repository %s', (url, written, sharesKernel) => {
  const step = tailscale({
    ...wish,
    source: 'repository',
    repository: { url, fingerprint: TAILSCALE_FINGERPRINT },
    binaries: undefined,
    apiKey: undefined,
    oauth: undefined,
    authKey: { env: 'KEY', file: undefined, command: undefined },
  })
  const host = sampleHost('bee', { sharesKernel })
  const resources = step.resources({ host, org: sampleOrg([host]) })
  expect(resources.map(({ name }) => name)).toEqual([
    'packages gpg',
    'apt key /etc/apt/keyrings/groundwork-tailscale.gpg',
    'file /etc/apt/sources.list.d/groundwork-tailscale.list',
    'packages tailscale',
    'file /etc/default/tailscaled',
    'unit tailscaled.service',
    'tailscale node',
    'tailscale name',
  ])
  expect(resources[2]?.show?.wanted).toBe(
    `# Written by groundwork.\ndeb [signed-by=/etc/apt/keyrings/groundwork-tailscale.gpg] ${written}/debian trixie main\n`,
  )
  expect(resources[4]?.show?.wanted).toContain(sharesKernel ? '--tun=userspace-networking' : 'FLAGS=""')
})

test("from the host's own sources: without Tailscale's line; where none has it, what to type is told", () => {
  const step = tailscale({
    ...wish,
    source: 'distribution',
    repository: { url: TAILSCALE_PACKAGES, fingerprint: TAILSCALE_FINGERPRINT },
    binaries: undefined,
    apiKey: undefined,
    oauth: undefined,
    authKey: undefined,
  })
  const host = sampleHost('bee', {})
  const [line, its, ...rest] = step.resources({ host, org: sampleOrg([host]) })
  expect([line?.name, its?.name, rest[0]?.name]).toEqual([
    "Tailscale's own repository",
    'packages tailscale',
    'file /etc/default/tailscaled',
  ])
  expect(its?.explain?.('try 1 of 3\nE: Unable to locate package tailscale\n')).toMatchObject({
    what: "This host's package sources have no package tailscale.",
    try: expect.stringContaining('source: repository'),
  })
  // Any other weather of apt is told as ever.
  expect(its?.explain?.('try 1 of 3\nE: Could not get lock /var/lib/dpkg/lock')?.what).toContain(
    'Somebody else installs',
  )
})

test.each([['/nonexistent', 'it cannot be read (ENOENT)']])(
  'programs that are not in %s are told before anything is connected',
  (binaries, because) => {
    expect(() => mustHavePrograms({ binaries })).toThrow(expect.objectContaining({ exit: 64, because }))
  },
)

test('a script is no program that a host could run alone', () => {
  const binaries = mkdtempSync(join(tmpdir(), 'programs-'))
  writeFileSync(join(binaries, 'tailscale'), '#!/bin/sh\n')
  expect(() => mustHavePrograms({ binaries })).toThrow(
    expect.objectContaining({ exit: 64, because: 'it is no program of Linux' }),
  )
  rmSync(binaries, { recursive: true })
})
