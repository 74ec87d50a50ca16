import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { environmentOf } from '../../src/commands/alone.ts'
import { organizationsIn } from '../../src/commands/organizations.ts'
import { Fault } from '../../src/engine/fault.ts'
import { ANA } from '../inventory/broken/base.ts'
import { type Came, groundwork } from '../lab/groundwork.ts'

const root = mkdtempSync(join(tmpdir(), 'all-'))
let folder = ''
let silent: Server
let port = 0
beforeAll(async () => {
  // Takes every connection, and never says a word.
  silent = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => silent.once('listening', listening))
  port = (silent.address() as { port: number }).port
})
afterAll(() => {
  silent.close()
  rmSync(root, { recursive: true })
})
beforeEach(() => {
  folder = mkdtempSync(join(root, 'inventories-'))
})

const existing = (name: string, at: number) => `organization: ${name}
platform: demo
contact: ops@example.org
operators: [{ name: ana, keys: ["${ANA}"] }]
hosts: [{ name: ${name}-1, provider: existing, address: 127.0.0.1, port: ${at}, labels: { role: storage } }]
ssh: { port: ${at} }
`
const sandbox = (name: string) => `organization: ${name}
platform: demo
contact: ops@example.org
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: ${name}-1, provider: sandbox, labels: { role: storage } }]
`

const write = (files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
}
const state = () => join(folder, 'state')
const run = (...words: string[]): Promise<Came> =>
  groundwork(['--all', '--inventory', folder, ...words], { XDG_STATE_HOME: state() })

const faultOf = (read: () => unknown): Fault => {
  try {
    read()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('no fault')
}

const mixed = () =>
  write({
    'one.yaml': sandbox('one'),
    'two.yaml': existing('two', 1),
    'three.yaml': 'organization: three\n',
    'four.yaml': 'a: "\n',
    'shared.yaml': 'contact: ops@example.org\n',
    'example.yaml': sandbox('example'),
    'one.lock.yaml': 'groundwork: 0.1.0\nhosts: {}\n',
  })

test('one row an organization, with its log; what is wrong with one stops no other', async () => {
  mixed()
  const { exit, out, err } = await run('--plan')
  expect({ exit, err }).toEqual({ exit: 1, err: '' })
  const lines = out.trimEnd().replaceAll(folder, 'FOLDER').split('\n')
  const rows = lines
    .slice(3, 7)
    .map((line) => line.replace(/ +\d+(\.\d)? s/, ' …'))
    .sort()
  expect(lines.slice(0, 3)).toEqual([
    'groundwork · 4 organizations · FOLDER',
    '',
    'organization  hosts  in sync   change  failed  unknown        time  log',
  ])
  expect(rows).toEqual([
    'four.yaml         –        –        –       –        – …  FOLDER/state/groundwork/four.yaml.log',
    'one               1        0        1       0        0 …  FOLDER/state/groundwork/one/all.log',
    'three             –        –        –       –        – …  FOLDER/state/groundwork/three/all.log',
    'two               1        0        0       1        0 …  FOLDER/state/groundwork/two/all.log',
  ])
  expect(lines.slice(8, 11)).toEqual([
    'four.yaml: FOLDER/four.yaml has a fault:',
    'three: FOLDER/three.yaml has 4 faults:',
    'two: two-1 cannot be reached at root@127.0.0.1:1.',
  ])
  expect(lines.at(-1)).toMatch(/^4 organizations: 1 to change, 3 failed · [\d.]+ s$/)
  const log = (name: string) => readFileSync(join(state(), 'groundwork', name), 'utf8')
  expect(log('two/all.log')).toContain('is sshd running, and is the port in the inventory right?')
  expect(log('four.yaml.log')).toContain('begins with a quote that is never closed')
  expect(log('one/all.log')).not.toContain('two')
})

test('as JSON every event says whose it is, and the last one is of all', async () => {
  mixed()
  const { exit, out } = await run('--plan', '--json')
  expect(exit).toBe(1)
  const events = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; org?: string; exit?: number })
  expect(events.slice(0, -1).every(({ org }) => org !== undefined)).toBe(true)
  expect(events.flatMap(({ event, org, exit }) => (event === 'summary' ? `${org} ${exit}` : [])).sort()).toEqual([
    'one 2',
    'two 1',
  ])
  expect(
    events
      .filter(({ event }) => event === 'fault')
      .map(({ org }) => org)
      .sort(),
  ).toEqual(['four.yaml', 'three', 'two'])
  expect(events.at(-1)).toMatchObject({ event: 'all', organizations: 4, exit: 1 })
})

test('what would only be made ends with 2', async () => {
  write({ 'one.yaml': sandbox('one'), 'two.yaml': sandbox('two') })
  const { exit, out } = await run('--plan')
  expect(exit, out).toBe(2)
  expect(out).toContain('2 organizations: 2 to change')
})

test('Ctrl-C stops them all, and begins no other', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  write(Object.fromEntries(names.map((name) => [`${name}.yaml`, existing(`org-${name}`, port)])))
  const connected = new Promise<void>((four) => {
    let count = 0
    silent.on('connection', () => ++count === 4 && four())
  })
  const child: ChildProcess = spawn(
    process.execPath,
    ['bin/groundwork.mjs', '--all', '--plan', '--inventory', folder],
    {
      env: { ...process.env, XDG_STATE_HOME: state(), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let out = ''
  child.stdout?.on('data', (chunk) => (out += chunk))
  const ended = new Promise((resolve) => child.on('close', resolve))
  await connected
  const since = performance.now()
  child.kill('SIGINT')
  expect(await ended).toBe(130)
  expect((performance.now() - since) / 1000).toBeLessThan(6)
  expect(out).toMatch(/6 organizations: 4 interrupted, 2 not begun/)
  expect(out).not.toContain('org-e')
})

test('two inventories of one organization are told before anything runs', () => {
  write({ 'one.yaml': sandbox('one'), 'copy.yaml': sandbox('one') })
  expect(faultOf(() => organizationsIn(folder))).toMatchObject({
    exit: 64,
    message: `Two inventories of ${folder} are of the organization one.`,
    at: `${join(folder, 'copy.yaml')}, ${join(folder, 'one.yaml')}`,
  })
})

test('a folder without an organization is told, and so is none', async () => {
  write({ 'base.yaml': sandbox('one'), 'sandbox.yaml': sandbox('two') })
  expect(faultOf(() => organizationsIn(folder)).because).toContain('come with groundwork')
  expect(faultOf(() => organizationsIn(join(folder, 'none'))).because).toBe('there is no such folder')
  expect(faultOf(() => organizationsIn(join(folder, 'base.yaml'))).because).toContain('it is a file')
  expect(await run('--host', 'one-1')).toMatchObject({ exit: 64, err: expect.stringContaining('do not go together') })
})

test('a secret that only others take from the environment does not go along', () => {
  write({
    'one.yaml': `${sandbox('one')}docker: { daemon: { proxies: { env: ONES_TOKEN } } }\n`,
    'two.yaml': `base: ./shared.yaml\n${sandbox('two')}`,
    'shared.yaml': 'docker: { daemon: { proxies: { env: TWOS_TOKEN } } }\n',
  })
  Object.assign(process.env, { ONES_TOKEN: '1', TWOS_TOKEN: '2' })
  const all = organizationsIn(folder)
  const tokens = all.map((one) => Object.keys(environmentOf(one, all)).filter((name) => name.endsWith('S_TOKEN')))
  expect(tokens).toEqual([['ONES_TOKEN'], ['TWOS_TOKEN']])
})
