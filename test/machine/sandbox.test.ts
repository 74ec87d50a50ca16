import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { operatorMirrors } from '../../src/provision/nspawn/apt.ts'
import { claims } from '../../src/provision/nspawn/machine.ts'
import { bridgeName, hostId } from '../../src/provision/nspawn/names.ts'
import { packagesUrl } from '../../src/provision/nspawn/packages.ts'
import { readRecord } from '../../src/provision/nspawn/record.ts'
import type { Endpoint } from '../../src/provision/provider.ts'
import { listSandboxes, removeAllSandboxes, removeSandbox, sandbox } from '../../src/provision/sandbox.ts'
import { sandboxHost } from './make-sandbox.ts'

const stateHome = mkdtempSync(join(tmpdir(), 'groundwork-sandbox-'))
process.env.XDG_STATE_HOME = stateHome
const minutes = 60_000

const make = (org: string, name: string, notes: string[] = []): Promise<Endpoint> =>
  sandbox.make(org, sandboxHost(name), (event) => event.event === 'note' && notes.push(event.text))

const pidOf = async (org: string, name: string): Promise<number> => (await readRecord(org, name))?.process?.pid ?? 0

const shownKey = (address: string): string => {
  const key = execFileSync('ssh-keyscan', ['-t', 'ed25519', address], { stdio: ['ignore', 'pipe', 'ignore'] })
  return execFileSync('ssh-keygen', ['-lf', '-'], { input: key }).toString().split(' ')[1] ?? ''
}

const logIn = ({ address, identity }: Endpoint, command: string): string => {
  const unasked = ['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null']
  return execFileSync('ssh', ['-q', ...unasked, '-i', identity ?? '', `root@${address}`, command])
    .toString()
    .trim()
}

// In a host's network, from this machine: does the command succeed?
const inside = (org: string, name: string, ...command: readonly string[]): boolean =>
  spawnSync('ip', ['netns', 'exec', hostId(org, name), 'timeout', '5', ...command]).status === 0

const connects = (org: string, name: string, address: string): boolean =>
  inside(org, name, 'bash', '-c', `exec 3<>/dev/tcp/${address}/22`)

// What this test's hosts have on the machine, and what the machine has for all sandbox hosts, somebody else's included.
const ownNames = ['one', 'two', 'three'].flatMap((org) => [
  bridgeName(org),
  ...['a', 'sister', 'killed', 'lost'].map((name) => hostId(org, name)),
])
const own = new RegExp([stateHome, ...ownNames].join('|'))
const everybodys = /gw-packages|groundwork_sandbox|\/run\/groundwork|apt-cacher-ng -c|settings/

const traces = (which: RegExp): readonly string[] => {
  const shell = `ip -o link | cut -d: -f2; nft list ruleset | grep -E 'table|gwb-'; cat /proc/mounts; ls /run/netns; ls -d /run/groundwork
    find /sys/fs/cgroup -type d; ps -eo args; echo settings $(cat /proc/sys/net/ipv4/ip_forward /proc/sys/fs/inotify/max_user_instances)`
  const lines = spawnSync('sh', ['-c', shell]).stdout.toString().split('\n')
  return lines.filter((line) => which.test(line) && !line.includes('vitest')).sort()
}

const before = traces(everybodys)

beforeAll(() => {
  if (process.getuid?.() !== 0) throw new Error('These tests make real hosts, and need root: run them as root.')
})

afterAll(async () => {
  await removeAllSandboxes()
  rmSync(stateHome, { recursive: true, force: true })
}, 2 * minutes)

test('a host is made, answers SSH with the pinned key, and lets the operator in', {
  timeout: 5 * minutes,
}, async () => {
  expect(await sandbox.find('one', sandboxHost('a'))).toBeUndefined()
  const notes: string[] = []
  const endpoint = await make('one', 'a', notes)
  expect(notes.join('\n')).toContain(`bridge ${bridgeName('one')}`)
  expect(endpoint.sharesKernel).toBe(true)
  expect(shownKey(endpoint.address)).toBe(endpoint.hostKey)
  expect(logIn(endpoint, 'hostname; . /etc/os-release; echo $VERSION_CODENAME; systemctl is-active ssh')).toBe(
    'a\ntrixie\nactive',
  )
})

test('making it again changes nothing', { timeout: minutes }, async () => {
  const pid = await pidOf('one', 'a')
  const notes: string[] = []
  const again = await make('one', 'a', notes)
  expect(again).toEqual(await sandbox.find('one', sandboxHost('a')))
  expect([await pidOf('one', 'a'), notes]).toEqual([pid, []])
})

test('a host that died comes back with its disk, key and address', { timeout: minutes }, async () => {
  const first = await make('one', 'a')
  logIn(first, 'echo kept > /root/mine; sync')
  process.kill(await pidOf('one', 'a'), 'SIGKILL')
  await sleep(300)
  expect(await sandbox.find('one', sandboxHost('a'))).toBeUndefined()
  const notes: string[] = []
  const second = await make('one', 'a', notes)
  expect(second).toEqual(first)
  expect(notes).toEqual(['It was stopped; it is started again on its own disk.'])
  expect(shownKey(second.address)).toBe(first.hostKey)
  expect(logIn(second, 'cat /root/mine')).toBe('kept')
})

test('organizations do not meet, and both reach the outside', { timeout: 2 * minutes }, async () => {
  const [a, sister, stranger] = await Promise.all([make('one', 'a'), make('one', 'sister'), make('two', 'a')])
  expect(new Set([a.address, sister.address, stranger.address]).size).toBe(3)
  expect(connects('one', 'a', sister.address)).toBe(true)
  expect(connects('one', 'a', stranger.address)).toBe(false)
  expect(connects('two', 'a', a.address)).toBe(false)
  const fetch = ['curl', '--fail', '--silent', '--output', '/dev/null', '--noproxy', '*']
  const release = `${(await operatorMirrors()).main}/dists/trixie/InRelease`
  for (const org of ['one', 'two']) {
    expect(inside(org, 'a', ...fetch, release)).toBe(true)
    expect(inside(org, 'a', ...fetch.slice(0, -2), '--proxy', packagesUrl, release)).toBe(true)
  }
})

test('the package cache does not lead from one organization to the other', { timeout: minutes }, async () => {
  const stranger = await make('two', 'a')
  const page =
    "require('http').createServer((_, answer) => answer.end('page')).listen(80, () => console.log('listens'))"
  const server = spawn('ip', ['netns', 'exec', hostId('two', 'a'), 'node', '-e', page])
  await new Promise((resolve) => server.stdout.once('data', resolve))
  // A name that no earlier run can have left in the cache.
  const address = `http://${stranger.address}/debian/pool/x${Date.now()}.deb`
  const fetch = ['curl', '--fail', '--silent', '--output', '/dev/null', '--max-time', '4']
  expect(inside('two', 'a', ...fetch, '--noproxy', '*', address)).toBe(true)
  expect(inside('one', 'a', ...fetch, '--proxy', packagesUrl, address)).toBe(false)
  server.kill()
})

test('a run killed at any moment is finished by the next', { timeout: 4 * minutes }, async () => {
  for (const milliseconds of [700, 900, 1000, 1100, 1200, 1300, 1400, 1600, 1900]) {
    const child = spawn('npx', ['tsx', 'test/machine/make-sandbox.ts', 'one', 'killed'], {
      detached: true,
      stdio: 'ignore',
    })
    await sleep(milliseconds)
    // The whole group, commands under way included; what was detached on purpose lives.
    if (child.exitCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL')
    const made = await make('one', 'killed').catch((fault) => {
      throw new Error(`killed after ${milliseconds} ms: ${fault.message} ${fault.because}`)
    })
    expect(shownKey(made.address)).toBe(made.hostKey)
    expect(logIn(made, 'hostname')).toBe('killed')
    expect(await removeSandbox('one', 'killed')).toBe(true)
  }
})

test('a host whose folder somebody deleted is still found, and taken away', { timeout: minutes }, async () => {
  await make('three', 'lost')
  // What is mounted stays.
  spawnSync('rm', ['-rf', join(stateHome, 'groundwork/three')])
  expect(await readRecord('three', 'lost')).toBe(undefined)
  expect(await listSandboxes()).toContainEqual({ org: 'three', host: 'lost', address: 'forgotten', running: true })
  expect(await removeSandbox('three', 'lost')).toBe(true)
  expect(traces(new RegExp(`${hostId('three', 'lost')}|${bridgeName('three')}`))).toEqual([])
})

test('the last host takes everything with it', { timeout: 2 * minutes }, async () => {
  expect(traces(own).length).toBeGreaterThan(10)
  expect((await listSandboxes()).map(({ org, host }) => `${org} ${host}`).sort()).toEqual([
    'one a',
    'one sister',
    'two a',
  ])
  await removeAllSandboxes()
  expect(traces(own)).toEqual([])
  // While somebody else has a sandbox host on this machine, what all share stays, rightly.
  if ((await claims()).length) console.warn('Others have sandbox hosts here: what all share was not compared.')
  else expect(traces(everybodys)).toEqual(before)
  expect(await listSandboxes()).toEqual([])
  expect(() => readFileSync(join(stateHome, 'groundwork/one/sandbox/a.json'))).toThrow('ENOENT')
})
