import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { PROVIDER, PULUMI } from '../../../src/provision/pulumi/installed.ts'
import { locksIn } from '../../../src/provision/pulumi/locks.ts'
import { ANA } from '../../inventory/broken/base.ts'
import { type StandIn, startDigitalOcean } from '../../lab/digitalocean/server.ts'
import { type Came, groundwork } from '../../lab/groundwork.ts'

// As far as it goes without an engine; with one: test/pulumi.
const root = mkdtempSync(join(tmpdir(), 'pulumi-way-'))
afterAll(() => rmSync(root, { recursive: true }))
let at: StandIn
let folder = ''
beforeEach(async () => {
  at = await startDigitalOcean()
  folder = mkdtempSync(join(root, 'run-'))
  writeFileSync(
    join(folder, 'mle.yaml'),
    `organization: mle
platform: demo
contact: ops@example.org
operators: [{ name: ana, keys: [${ANA}] }]
hosts: [{ name: mle-1, provider: digitalocean, region: nyc3, size: s-2vcpu-4gb }]
access: { profile: public, domain: example.org }
digitalocean:
  token: { env: DO_TOKEN }
  way: pulumi
  pulumi: { state: ./state, passphrase: { env: PASSPHRASE } }
`,
  )
})
afterEach(() => at.close())

const said = (...words: string[]): Promise<Came> => {
  const programs = join(folder, 'programs')
  mkdirSync(programs, { recursive: true })
  return groundwork([...words, '--inventory', join(folder, 'mle.yaml')], {
    XDG_STATE_HOME: join(folder, 'groundwork'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    DIGITALOCEAN_API_URL: at.url,
    DO_TOKEN: at.token,
    PASSPHRASE: 'a-passphrase-0123456789',
    PATH: `${programs}:/usr/bin:/bin`,
  })
}

/** Something to be found on the PATH; unless said, it must not be started. */
const pretend = (name: string, does = 'exit 9') => {
  mkdirSync(join(folder, 'programs'), { recursive: true })
  writeFileSync(join(folder, 'programs', name), `#!/bin/sh\n${does}\n`, { mode: 0o755 })
}

const locks = () => join(folder, 'state', '.pulumi', 'locks', 'organization', 'groundwork', 'mle')
function hold(pid: number, host = hostname(), hours = 3): string {
  mkdirSync(locks(), { recursive: true })
  const path = join(locks(), `${pid}.json`)
  const timestamp = new Date(Date.now() - hours * 3600_000).toISOString()
  writeFileSync(path, JSON.stringify({ pid, username: 'ana', hostname: host, timestamp }))
  return path
}

/** An empty body only asks whether the token may. */
const isWrite = (call: string) => !call.startsWith('GET ') && !call.endsWith(' {}')

/** The pid of a program that has ended. */
const ended = () => spawnSync('true').pid

test('the plan needs no Pulumi; a run without it says what is missing, and how it comes', {
  timeout: 90_000,
}, async () => {
  const plan = await said('--only', 'cloud', '--plan')
  expect(plan.exit, plan.out + plan.err).toBe(2)
  expect(plan.out).toContain('Pulumi state of mle')
  for (const [found, missing] of [
    [[], 'pulumi and pulumi-resource-digitalocean are missing'],
    [['pulumi'], 'pulumi-resource-digitalocean is missing'],
  ] as const) {
    for (const name of found) pretend(name)
    const came = await said('--only', 'cloud')
    expect(came.exit).toBe(64)
    for (const words of [missing, 'pulumi install', 'way: api']) expect(came.out + came.err).toContain(words)
  }
  expect(at.calls.filter(isWrite)).toEqual([])
})

test('a pulumi on the PATH that is older than the libraries is told, and makes nothing', {
  timeout: 90_000,
}, async () => {
  pretend('pulumi', 'echo v3.100.0')
  pretend('pulumi-resource-digitalocean')
  const came = await said('--only', 'cloud')
  expect(came.exit, came.out + came.err).toBe(64)
  for (const words of ['pulumi 3.100.0 is too old', `made for ${PULUMI}`, 'pulumi install'])
    expect(came.out + came.err).toContain(words)
  expect(at.calls.filter(isWrite)).toEqual([])
})

test('the versions that are installed are those of the packages', () => {
  const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(optionalDependencies).toEqual({ '@pulumi/pulumi': PULUMI, '@pulumi/digitalocean': PROVIDER })
})

test('a lock of a run that has ended is shown with its holder and age, and taken away when asked', {
  timeout: 90_000,
}, async () => {
  pretend('pulumi')
  pretend('pulumi-resource-digitalocean')
  const pid = ended()
  const path = hold(pid)
  const came = await said('--only', 'cloud')
  expect(came.out + came.err).toContain(`ana@${hostname()} (pid ${pid}), for 3 h: that program has ended`)
  expect(came.out + came.err).toContain('pulumi unlock --inventory')
  expect(at.calls.filter(isWrite)).toEqual([])
  const unlocked = await said('pulumi', 'unlock')
  expect(unlocked.exit, unlocked.err).toBe(0)
  expect(existsSync(path)).toBe(false)
})

test('a lock whose holder runs stays, whatever is said; one of another machine goes where a person says so', {
  timeout: 90_000,
}, async () => {
  const holder = spawn('sleep', ['60'])
  try {
    const here = hold(holder.pid ?? 0, hostname(), 0)
    expect(await said('pulumi', 'unlock', '--yes')).toMatchObject({ exit: 75, out: expect.stringContaining('it runs') })
    expect(existsSync(here)).toBe(true)
    rmSync(here)
    const elsewhere = hold(4711, 'another-machine')
    expect((await said('pulumi', 'unlock')).exit).toBe(75)
    expect(existsSync(elsewhere)).toBe(true)
    expect((await said('pulumi', 'unlock', '--yes')).exit).toBe(0)
    expect(existsSync(elsewhere)).toBe(false)
  } finally {
    holder.kill()
  }
})

test('a program that has the number of one that has ended is not the holder', { timeout: 90_000 }, async () => {
  const holder = spawn('sleep', ['60'])
  try {
    // It began after the lock was made.
    const path = hold(holder.pid ?? 0)
    expect(await said('pulumi', 'unlock')).toMatchObject({ exit: 0, out: expect.stringContaining('has ended') })
    expect(existsSync(path)).toBe(false)
  } finally {
    holder.kill()
  }
})

test('the holder that Pulumi itself names, of a state in a bucket, is read from its words', () => {
  const text = `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  s3://bucket/.pulumi/locks/organization/groundwork/mle/0b4f.json: created by ana@laptop (pid 4711) at 2026-11-27T09:00:00Z`
  expect(locksIn(text)).toEqual([
    {
      at: 's3://bucket/.pulumi/locks/organization/groundwork/mle/0b4f.json',
      user: 'ana',
      host: 'laptop',
      pid: 4711,
      since: new Date('2026-11-27T09:00:00Z'),
    },
  ])
})
