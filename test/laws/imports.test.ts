import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { expect, test } from 'vitest'

// Who may import from whom (design: imports go one way). Types only count as well: a reader follows them all the same.
const allowed: Readonly<Record<string, readonly string[]>> = {
  engine: ['engine', 'inventory'],
  inventory: ['inventory', 'engine'],
  safety: ['safety', 'engine', 'inventory'],
  clients: ['clients', 'engine', 'inventory'],
  resources: ['resources', 'clients', 'safety', 'engine', 'inventory'],
  stacks: ['stacks', 'resources', 'clients', 'safety', 'engine', 'inventory'],
  steps: ['steps', 'stacks', 'resources', 'clients', 'safety', 'engine', 'inventory'],
  provision: ['provision', 'clients', 'engine', 'inventory'],
  report: ['report', 'engine', 'inventory'],
  commands: [
    'commands',
    'report',
    'provision',
    'steps',
    'stacks',
    'resources',
    'clients',
    'safety',
    'engine',
    'inventory',
  ],
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const imports = new Map(
  files.map((file) => [
    file,
    [...readFileSync(join('src', file), 'utf8').matchAll(/from '(\.[^']+)'|import\('(\.[^']+)'\)/g)].map((match) =>
      normalize(join(dirname(file), match[1] ?? match[2] ?? '')),
    ),
  ]),
)

test('imports go one way', () => {
  const wrong = [...imports].flatMap(([file, targets]) =>
    targets
      .filter(
        (target) => file.includes(sep) && !allowed[file.split(sep)[0] ?? '']?.includes(target.split(sep)[0] ?? ''),
      )
      .map((target) => `${file} → ${target}`),
  )
  expect(wrong).toEqual([])
})

test('no file imports itself in a circle', () => {
  const state = new Map<string, 'open' | 'done'>()
  const circles: string[] = []
  const visit = (file: string, path: readonly string[]) => {
    if (state.get(file) === 'open') circles.push([...path, file].join(' → '))
    if (state.has(file)) return
    state.set(file, 'open')
    for (const target of imports.get(file) ?? []) visit(target, [...path, file])
    state.set(file, 'done')
  }
  for (const file of imports.keys()) visit(file, [])
  expect(circles).toEqual([])
})

test('SSH stands in the engine alone', () => {
  const users = files.filter((file) =>
    /^import (?!type).*from '(ssh2|node-ssh)'/m.test(readFileSync(join('src', file), 'utf8')),
  )
  expect(users).toEqual(users.filter((file) => file.startsWith('engine') || file.startsWith('inventory')))
})
