import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

// Of the built entry (npm builds it before the tests). What the first line of help may cost. More is a decision, not an accident: say in docs/decisions.md what it buys.
const ENTRY_BYTES = 20_000
const BROKEN_INVENTORY_BYTES = 540_000
const RUN_BYTES = 580_000

const ENTRY = join(import.meta.dirname, '..', '..', 'bin', 'groundwork.mjs')
const WATCH = join(import.meta.dirname, '..', 'lab', 'watch.cjs')
const directory = mkdtempSync(join(tmpdir(), 'start-up-'))
beforeAll(() => {
  writeFileSync(join(directory, 'broken.yaml'), 'organization: X\n')
  writeFileSync(join(directory, 'nowhere.yaml'), NOWHERE)
})
afterAll(() => rmSync(directory, { recursive: true }))

const NOWHERE = `organization: start-up
platform: demo
contact: ops@example.org
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: start-up-1, provider: sandbox }]
`

/** What the built command loads, connects to and starts. */
function watched(...words: string[]) {
  const log = join(directory, 'watched')
  rmSync(log, { force: true })
  const { status } = spawnSync('node', ['--require', WATCH, ENTRY, ...words], {
    env: { ...process.env, WATCHED: log, XDG_STATE_HOME: directory },
  })
  const lines = [...new Set(readFileSync(log, 'utf8').trim().split('\n'))]
  const loaded = lines.filter((line) => line.startsWith('loaded ')).map((line) => line.slice('loaded '.length))
  const files = loaded.flatMap((one) => /\/dist\/([^/]+\.mjs)$/.exec(one)?.[1] ?? [])
  const bundled = JSON.parse(readFileSync('dist/packages.json', 'utf8')) as Record<string, readonly string[]>
  const outside = loaded.flatMap((one) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(one)?.[1] ?? [])
  return {
    status,
    packages: [...new Set([...files.flatMap((file) => bundled[file] ?? []), ...outside])].sort(),
    bytes: files.reduce((sum, file) => sum + statSync(join('dist', file)).size, 0),
    reached: lines.filter((line) => /^(connected|started) /.test(line)),
  }
}

test('help loads the entry, and of all packages only the one that reads the command line', () => {
  const help = watched('--help')
  expect(help).toMatchObject({ status: 0, packages: ['cac'], reached: [] })
  expect(help.bytes).toBeGreaterThan(1000)
  expect(help.bytes).toBeLessThan(ENTRY_BYTES)
})

test('a wrong command line loads no more than it takes to say so', () => {
  const wrong = watched('--nothing')
  expect(wrong).toMatchObject({ status: 64, reached: [] })
  expect(wrong.packages.filter((name) => !['cac', 'picocolors'].includes(name))).toEqual([])
})

// Both before anything is connected: SSH, HTTP, shells and prompts are not even in memory.
test.each([
  ['an inventory that is broken', 'broken.yaml'],
  ['a service that no host may run', 'nowhere.yaml'],
])('%s is told without what connects', (_, file) => {
  const plan = watched('--plan', '--inventory', join(directory, file))
  expect(plan).toMatchObject({ status: 64, reached: [] })
  for (const heavy of ['ssh2', 'node-ssh', 'undici', 'zx', '@clack/prompts', 'diff', 'tsx', 'esbuild'])
    expect(plan.packages).not.toContain(heavy)
  expect(plan.packages).toContain('yaml')
  expect(plan.bytes).toBeLessThan(BROKEN_INVENTORY_BYTES)
})

// No host is met here: what a run imports before it connects is read from the build.
test('a run in sync loads SSH, and no prompts, no local shell, no HTTP', () => {
  const [bootstrap, wayIn] = ['bootstrap-', 'way-in-'].map((name) =>
    readdirSync('dist').find((file) => file.startsWith(name)),
  )
  const run = imported(join('dist', wayIn ?? ''), imported(join('dist', bootstrap ?? '')))
  expect([...run].filter((name) => !isBuiltin(name) && !name.endsWith('.mjs'))).toEqual(['ssh2'])
  const bytes = [...run].filter((name) => name.endsWith('.mjs')).map((name) => statSync(name).size)
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(RUN_BYTES)
})

/** A file of the build, the chunks that it imports, and what those import. */
function imported(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*"([^"]+)"/g)) {
    if (name.startsWith('.')) imported(join(dirname(file), name), seen)
    else seen.add(name)
  }
  return seen
}
