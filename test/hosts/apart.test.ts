import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { groundwork } from '../lab/groundwork.ts'
import { type Traced, traced } from '../lab/traced.ts'

// One person's machine: one home for the state of both, one folder of inventories, one base.
const root = mkdtempSync(join(tmpdir(), 'apart-'))
const state = join(root, 'state')
const folder = join(root, 'inventories')
const env = { XDG_STATE_HOME: state }
const NAMES = ['apart-red', 'apart-blue'] as const
const inventory = (name: string) => join(folder, `${name}.yaml`)

// All that two runs may both open, and only to read it: programs and the system, and what the two inventories name.
const PROGRAMS = [
  '/usr',
  '/lib',
  '/lib64',
  '/bin',
  '/sbin',
  '/etc',
  '/proc',
  '/sys',
  '/dev',
  '/run/systemd',
  process.cwd(),
  dirname(dirname(process.execPath)),
]
const SHARED = [join(folder, 'base.yaml')]
// A sink, no file.
const NOTHING = ['/dev/null', '/dev/tty']

beforeAll(async () => {
  if (process.getuid?.() !== 0) throw new Error('Tests with real hosts need root.')
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'base.yaml'),
    'platform: demo\ncontact: ops@example.org\noperators: [{ name: ana, keys: [generated] }]\n',
  )
  for (const name of NAMES)
    writeFileSync(
      inventory(name),
      `organization: ${name}\nbase: ./base.yaml\nhosts: [{ name: ${name}-1, provider: sandbox, labels: { role: storage } }]\n`,
    )
  // Making a sandbox shares the machine's base, packages and network; that is the machine's affair, and not looked at here.
  const made = await Promise.all(
    NAMES.map((name) => groundwork(['--only', 'ready', '--inventory', inventory(name)], env)),
  )
  for (const { exit, out, err } of made) expect(exit, out + err).toBe(0)
})
afterAll(async () => {
  await groundwork(['sandbox', 'down', '--all'], env)
  rmSync(root, { recursive: true, force: true })
})

const common = (one: ReadonlySet<string>, other: ReadonlySet<string>, but: readonly string[] = []) =>
  [...one].filter((path) => other.has(path) && !but.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)))

test('two organizations at the same time share no written file, no socket, no lock, no key', async () => {
  const steps = ['ownership', 'base', 'users', 'ssh', 'firewall']
  const [red, blue] = (await Promise.all(
    NAMES.map((name) =>
      traced(
        steps
          .map((step) => `${process.execPath} bin/groundwork.mjs --only ${step} --inventory ${inventory(name)}`)
          .join(' && '),
        env,
      ),
    ),
  )) as [Traced, Traced]
  for (const { exit, said } of [red, blue]) expect(exit, said).toBe(0)

  // What is seen is what happened: each wrote a journal for each step, met its host, and read its own key.
  for (const [one, name] of [
    [red, NAMES[0]],
    [blue, NAMES[1]],
  ] as const) {
    const own = join(state, 'groundwork', name)
    expect([...one.written].filter((path) => path.startsWith(join(own, 'runs/'))).length).toBeGreaterThanOrEqual(
      steps.length,
    )
    expect([...one.sockets].filter((socket) => socket.endsWith(':22'))).toHaveLength(1)
    expect(one.read).toContain(join(own, 'id_ed25519'))
    expect(one.read).toContain(join(folder, 'base.yaml'))
  }
  expect(overlap(...NAMES)).toBe(true)

  expect(common(red.written, blue.written, NOTHING)).toEqual([])
  expect(common(red.sockets, blue.sockets)).toEqual([])
  expect(common(red.locked, blue.locked)).toEqual([])
  expect(common(red.read, blue.read, [...PROGRAMS, ...SHARED])).toEqual([])
  // Nor does one as much as look at what is the other's.
  for (const [one, other] of [
    [red, NAMES[1]],
    [blue, NAMES[0]],
  ] as const)
    expect([...one.named, ...one.written].filter((path) => path.includes(other))).toEqual([])
  const secrets = NAMES.map((name) => ['key', 'id_ed25519'].map((file) => hash(join(state, 'groundwork', name, file))))
  expect(new Set(secrets.flat()).size).toBe(4)
})

test('all of them at once are two rows, and each has its log', async () => {
  const { exit, out, err } = await groundwork(['--all', '--only', 'firewall', '--inventory', folder], env)
  expect(exit, out + err).toBe(0)
  for (const name of NAMES) {
    expect(out).toMatch(new RegExp(`^${name} +1 +[1-9]\\d* +0 +0 +0 `, 'm'))
    const log = readFileSync(join(state, 'groundwork', name, 'all.log'), 'utf8')
    expect(log).toContain('in sync')
    expect(log).not.toContain(NAMES.find((other) => other !== name))
  }
  expect(out).toContain('2 organizations: 2 in sync')
})

// Both were under way at some moment.
function overlap(one: string, other: string): boolean {
  const [first, second] = [one, other].map((name) => {
    const runs = join(state, 'groundwork', name, 'runs')
    const journals = readdirSync(runs).sort().slice(1)
    return { begin: timeOf(join(runs, journals[0] ?? ''), 0), end: timeOf(join(runs, journals.at(-1) ?? ''), -1) }
  }) as [{ begin: number; end: number }, { begin: number; end: number }]
  return first.begin < second.end && second.begin < first.end
}

const timeOf = (journal: string, line: number): number =>
  Date.parse((JSON.parse(readFileSync(journal, 'utf8').trim().split('\n').at(line) ?? '{}') as { time: string }).time)

function hash(file: string): string {
  expect(statSync(file).mode & 0o077, file).toBe(0)
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
