import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Fault } from '../../src/engine/fault.ts'
import { inventoryFaults, parseInventory, readInventory } from '../../src/inventory/read.ts'
import { ANA, base, sandboxes } from './broken/base.ts'
import { table } from './broken/table.ts'

const messageOf = (read: () => unknown): string => {
  try {
    read()
  } catch (error) {
    if (error instanceof Fault && error.exit === 64) return error.message
    throw error
  }
  return 'no fault'
}

const file = (content: string | Uint8Array): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'inventory-')), 'mle.yaml')
  writeFileSync(path, content)
  return path
}

test('three faults are told as one screen', () => {
  const text = `organization: mle
platform: demo
contact: ops@example.org
operators:
  - name: ana
    keys: ["${ANA}"]
hosts:
  - name: mle-1
    provider: existing
    address: 203.0.113.6
    role: manager
  - name: mle-2
    provider: existing
    role: mangr
    adress: 203.0.113.7
access:
  profile: public
  domain: sprocket.example.org
docker:
  version:
    bookworm: "20.10*"
    trixie: 26
`
  expect(messageOf(() => parseInventory(text, 'inventories/mle.yaml'))).toBe(
    `inventories/mle.yaml has 3 faults:

  14:11  hosts[1].role          is "mangr"; manager or worker (did you mean manager?)
  15:5   hosts[1].adress        is not a key here (did you mean address?)
  22:13  docker.version.trixie  is 26; write it in quotes, as "26.1*"

  14 │     role: mangr
     │           ^^^^^`,
  )
})

test('the faults of many places are told at once, in the order of the file', () => {
  const lines = ['demo', 'mle-3', 'Europe/Berlin', '500M', '512', '9100', '{ role: storage }']
  const text = lines.reduce((changed, find) => changed.replace(find, () => '"?"'), base)
  const faults = inventoryFaults(text, 'mle.yaml')
  expect(faults.map(({ path }) => path)).toEqual([
    'platform',
    'hosts[0].labels',
    'hosts[2].name',
    'firewall.open[0].port',
    'system.timeZone',
    'system.journalMax',
    'system.swapMiB',
  ])
})

// Each on its own is told by the table; two at once must not hide each other.
test('any two faults of different parts are both told', () => {
  const from = table.filter(
    (one) => (one.from ?? base) === base && /^(hosts\[0]\.(labels|hostKey)|system|access)/.test(one.path),
  )
  const other = table.filter(
    (one) =>
      (one.from ?? base) === base &&
      /^(docker|firewall|operators\[1]\.keys\[0])/.test(one.path) &&
      one.name !== 'private key',
  )
  // A fortieth of all pairs, in which each one has its turn.
  const pairs = from.flatMap((a, index) => other.filter((_, at) => (index + at) % 40 === 0).map((b) => [a, b] as const))
  expect(pairs.length).toBeGreaterThan(from.length)
  for (const [a, b] of pairs) {
    const text = base.replace(a.broken[0], () => a.broken[1]).replace(b.broken[0], () => b.broken[1])
    const paths = inventoryFaults(text, 'mle.yaml').map(({ path }) => path)
    expect(paths, `${a.name}, ${b.name}`).toEqual(expect.arrayContaining([a.path, b.path]))
  }
})

test('defaults are filled in', () => {
  const org = parseInventory(sandboxes, 'inventories/try.yaml')
  expect(org).toEqual({
    name: 'try',
    file: 'inventories/try.yaml',
    platform: 'demo',
    contact: 'ops@example.org',
    operators: [{ name: 'ana', keys: ['generated'] }],
    hosts: [
      {
        name: 'one',
        provider: 'sandbox',
        role: 'manager',
        labels: {},
        firstUser: 'root',
        user: 'root',
        port: 22,
        address: undefined,
        hostKey: undefined,
        identity: undefined,
        release: 'trixie',
      },
    ],
    access: { profile: 'lan', domain: undefined },
    docker: { version: { trixie: '26.1*', bookworm: '20.10*' }, daemon: {} },
    firewall: { open: [] },
    system: { timeZone: 'Etc/UTC', packages: [], sysctl: {}, journalMax: '500M', swapMiB: 1024 },
    ssh: { port: 22 },
    key: undefined,
  })
})

test('whoever is met is used from then on, unless another is named', () => {
  const users = (add: string) => parseInventory(base.replace('    port: 2222\n', add), 'mle.yaml').hosts[1]
  expect(users('    firstUser: debian\n')).toMatchObject({ firstUser: 'debian', user: 'debian', port: 22 })
  expect(users('    firstUser: debian\n    user: admin\n')).toMatchObject({ firstUser: 'debian', user: 'admin' })
})

test('a pasted private key is never shown, not even in pieces', () => {
  const secret = 'c2VjcmV0c2VjcmV0c2VjcmV0'
  const pem = `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}\n${secret}: x\n-----END OPENSSH PRIVATE KEY-----`
  for (const where of ['contact: ', 'contact:\n  ', 'contact: |\n  ', 'contact: [\n', 'contact: "', '# ', '']) {
    for (const indent of ['', '  ', '      ']) {
      const text = base.replace('contact: ops@example.org', () => where + pem.replaceAll('\n', `\n${indent}`))
      const message = messageOf(() => parseInventory(text, 'mle.yaml'))
      expect(message, text).toContain('is a private key')
      expect(message, text).not.toContain(secret.slice(0, 12))
    }
  }
  const apart = [
    base.replace(`- ${ANA}`, () =>
      pem
        .replace(': x', '')
        .split('\n')
        .map((line) => `- ${line}`)
        .join('\n      '),
    ),
    base.replace('{ role: storage }', () => `{ "-----BEGIN PRIVATE KEY-----": x, ${secret}: 1 }`),
    `${base}${secret}: x # -----BEGIN PRIVATE KEY-----\n`,
    base.replace('ops@example.org', () => `'a"${secret}' # -----BEGIN PRIVATE KEY-----`),
  ]
  for (const text of apart) {
    const message = messageOf(() => parseInventory(text, 'mle.yaml'))
    expect(message).toContain('is a private key')
    expect(message).toMatch(/has [2-9] faults/)
    expect(message, text).not.toContain(secret.slice(0, 12))
  }
})

test('a mark at the beginning of the file, and line ends of Windows, change nothing', () => {
  const expected = parseInventory(base, 'x')
  expect({ ...readInventory(file(`\uFEFF${base}`)), file: 'x' }).toEqual(expected)
  expect(parseInventory(base.replaceAll('\n', '\r\n'), 'x')).toEqual(expected)
})

test('a file that cannot be read is told', () => {
  expect(messageOf(() => readInventory('inventories/none.yaml'))).toBe('inventories/none.yaml cannot be read.')
  expect(messageOf(() => readInventory(tmpdir()))).toContain('cannot be read')
  expect(messageOf(() => readInventory(file(Uint8Array.of(0x6f, 0xff, 0xfe))))).toContain('is not UTF-8')
})
