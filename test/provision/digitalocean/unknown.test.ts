import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { newKeyPair } from '../../../src/engine/key-pair.ts'
import { ANA } from '../../inventory/broken/base.ts'
import { leadingHere } from '../../lab/digitalocean/leading-here.ts'
import { type StandIn, startDigitalOcean } from '../../lab/digitalocean/server.ts'
import { groundwork } from '../../lab/groundwork.ts'
import { type Hostile, sshServer } from '../../lab/hostile-server.ts'

// This machine has lost what it remembered of a droplet that it made and had not met yet.
const pair = newKeyPair('')

let sshd: Required<Hostile>
let at: StandIn
let here: { readonly url: string; readonly close: () => void }
let folder = ''
beforeAll(async () => {
  sshd = await sshServer({ hostKeys: [pair.private.reveal()] })
})
afterAll(() => sshd.close())
beforeEach(async () => {
  at = await startDigitalOcean()
  here = await leadingHere(at)
  folder = mkdtempSync(join(tmpdir(), 'unknown-'))
  writeFileSync(
    inventory(),
    `organization: mle
platform: demo
contact: ops@example.org
operators: [{ name: ana, keys: [${ANA}] }]
hosts: [{ name: mle-1, provider: digitalocean, region: nyc3, size: s-2vcpu-4gb, role: manager, labels: { role: storage }, port: ${sshd.port} }]
ssh: { port: ${sshd.port} }
access: { profile: public, domain: example.org }
digitalocean: { token: { env: DO_TOKEN } }
`,
  )
})
afterEach(() => {
  here.close()
  at.close()
  rmSync(folder, { recursive: true })
  expect(sshd.logins()).toBe(0)
})

const inventory = () => join(folder, 'mle.yaml')
const record = () => join(folder, 'groundwork', 'mle', 'first-contact', 'mle-1.json')
const run = async (...words: string[]) => {
  const env = { XDG_STATE_HOME: folder, DIGITALOCEAN_API_URL: here.url, DO_TOKEN: at.token, SSH_AUTH_SOCK: '' }
  const came = await groundwork([...words, '--inventory', inventory()], env)
  return { exit: came.exit, out: came.out + came.err }
}
/** A droplet was made, and what was remembered of that is gone. */
const lost = async () => {
  const { exit, out } = await run('--only', 'cloud')
  expect(exit, out).toBe(0)
  rmSync(join(folder, 'groundwork'), { recursive: true })
}
const droplets = () => [...at.account.droplets.values()]

test('a run stops before it is met, and names the three ways on', { timeout: 60_000 }, async () => {
  await lost()
  const before = droplets()
  const { exit, out } = await run()
  expect(exit, out).toBe(1)
  expect(out).toContain('Nobody here knows the key of mle-1. Nothing was changed.')
  for (const way of ['bring mle.lock.yaml', 'repin mle-1 --inventory', '--allow-replace mle-1'])
    expect(out).toContain(way)
  expect(droplets()).toEqual(before)
})

test('a plan says the key that it shows, and changes nothing', { timeout: 60_000 }, async () => {
  await lost()
  const { exit, out } = await run('--plan')
  expect(exit, out).toBe(1)
  for (const words of ['is not known yet', pair.fingerprint, 'repin mle-1 --inventory', '--allow-replace mle-1'])
    expect(out).toContain(words)
  expect(out).not.toContain('hostKey:')
})

test('--allow-replace makes another, whose key is known; given again, it changes nothing', {
  timeout: 60_000,
}, async () => {
  await lost()
  const [before] = droplets()
  const plan = await run('--plan', '--only', 'cloud', '--allow-replace', 'mle-1')
  expect(plan.exit, plan.out).toBe(2)
  expect(plan.out).toContain('would be REPLACED')
  const { exit, out } = await run('--only', 'cloud', '--allow-replace', 'mle-1')
  expect(exit, out).toBe(0)
  const [after, ...more] = droplets()
  expect(more).toEqual([])
  expect(after?.id).not.toBe(before?.id)
  expect(existsSync(record())).toBe(true)
  const again = await run('--only', 'cloud', '--allow-replace', 'mle-1')
  expect(again.exit, again.out).toBe(0)
  expect(droplets()[0]?.id).toBe(after?.id)
})

test('repin takes what was compared for its first contact, and never for its own key', {
  timeout: 60_000,
}, async () => {
  await lost()
  const { exit, out } = await run('repin', 'mle-1', '--key', pair.fingerprint, '--reason', 'the laptop was stolen')
  expect(exit, out).toBe(0)
  expect(out).toContain('mle-1   known  none')
  expect(out).toContain('until the next run gives it a key of its own')
  expect(JSON.parse(readFileSync(record(), 'utf8'))).toEqual({ oneTimeKey: pair.fingerprint })
  expect(readFileSync(join(folder, 'mle.lock.yaml'), 'utf8')).not.toContain('hostKey')
  const cloud = await run('--only', 'cloud')
  expect(cloud.exit, cloud.out).toBe(0)
})

test('where the lock file has its key, it is known', { timeout: 60_000 }, async () => {
  await lost()
  writeFileSync(
    join(folder, 'mle.lock.yaml'),
    `groundwork: 0.1.0\nhosts:\n  mle-1:\n    hostKey: ${pair.fingerprint}\n    address: 10.0.0.7\n    since: 2026-11-03T21:04:12Z\n`,
  )
  const { exit, out } = await run('--only', 'cloud')
  expect(exit, out).toBe(0)
})
