import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { Fault } from '../../src/engine/fault.ts'
import { inventoryFaults, readInventory } from '../../src/inventory/read.ts'
import { base as whole } from './broken/base.ts'
import { table } from './broken/table.ts'

const root = mkdtempSync(join(tmpdir(), 'layers-'))
afterAll(() => rmSync(root, { recursive: true }))
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'))
})

const OWN = 'organization: mle\nbase: ./base.yaml\n'
const inherited = whole.replace('organization: mle\n', '')

/** Writes these files, the inventory first; its name is mle.yaml. */
const write = (own: string, files: Readonly<Record<string, string | Uint8Array>> = {}): string => {
  for (const [name, content] of Object.entries({ 'mle.yaml': own, ...files }))
    writeFileSync(join(folder, name), content)
  return join(folder, 'mle.yaml')
}

const told = (own: string, files: Readonly<Record<string, string | Uint8Array>> = {}): readonly string[] =>
  inventoryFaults(own, write(own, files)).map(
    ({ file, line, column, path, message }) => `${file.slice(folder.length + 1)}:${line}:${column} ${path} ${message}`,
  )

const faultOf = (read: () => unknown): Fault => {
  try {
    read()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('no fault')
}

test('an inventory over a base is the same as one file that says both', () => {
  const file = write(OWN, { 'base.yaml': inherited })
  const together = write(whole)
  const alone = readInventory(together)
  write(OWN, { 'base.yaml': inherited })
  expect(readInventory(file)).toEqual(alone)
})

test('maps are merged key by key; lists and everything else are replaced', () => {
  const own = `${OWN}
contact: team@example.org
docker: { daemon: { debug: true } }
system: { swapMiB: 0, packages: [mtr] }
hosts: [{ name: one, provider: sandbox }]
`
  const org = readInventory(write(own, { 'base.yaml': inherited }))
  expect(org.contact).toBe('team@example.org')
  expect(org.docker).toEqual({
    version: { trixie: '26.1*', bookworm: '20.10*' },
    daemon: { dns: ['203.0.113.53'], debug: true },
  })
  expect(org.system).toMatchObject({ timeZone: 'Europe/Berlin', swapMiB: 0, packages: ['mtr'], journalMax: '500M' })
  expect(org.hosts.map(({ name }) => name)).toEqual(['one'])
  expect(org.operators.map(({ name }) => name)).toEqual(['ana', 'ben'])
})

test('five files are one inventory, a sixth is told, and so is a circle', () => {
  const chain = (length: number) =>
    Object.fromEntries(
      Array.from({ length }, (_, index) => [
        index ? `base${index}.yaml` : 'base.yaml',
        index === length - 1 ? inherited : `base: ./base${index + 1}.yaml\nsystem: { swapMiB: ${index} }\n`,
      ]),
    )
  expect(told(OWN, chain(4))).toEqual([])
  expect(readInventory(write(OWN, chain(4))).system.swapMiB).toBe(0)
  expect(told(OWN, chain(5))).toEqual([
    'base3.yaml:1:7 base is "./base4.yaml"; that would be file 6 of this inventory, and 5 is the most',
  ])
  expect(told(OWN, { 'base.yaml': `base: ./two.yaml\n${inherited}`, 'two.yaml': 'base: ./base.yaml\n' })).toEqual([
    'two.yaml:1:7 base is "./base.yaml", which leads back here; a base cannot stand on itself',
  ])
  expect(told(`organization: mle\nbase: ./mle.yaml\n${inherited}`)).toEqual([
    'mle.yaml:2:7 base is "./mle.yaml", which leads back here; a base cannot stand on itself',
  ])
})

test('a base names no organization for others', () => {
  const own = 'base: ./base.yaml\n'
  expect(told(own, { 'base.yaml': whole })).toEqual([
    "mle.yaml:1:1 organization is missing; the organization's name; its state and its sandbox hosts are kept under it",
  ])
  expect(readInventory(write(`${own}organization: rl\n`, { 'base.yaml': whole })).name).toBe('rl')
})

test.each([
  '../base.yaml',
  './../base.yaml',
  '/etc/base.yaml',
  './a/../../base.yaml',
  './folder/base.yaml',
  'base.yaml',
  '~/base.yaml',
  './.yaml',
  './..yaml',
  './base.yml',
  './b\u0430se.yaml',
  './%2e%2e.yaml',
  './base .yaml',
  './$(touch owned).yaml',
])('a base stands beside its inventory: %s is refused', (base) => {
  const faults = told(`organization: mle\nbase: "${base}"\n${inherited}`)
  expect(faults.join('\n')).toMatch(/^mle\.yaml:2:7 base is .*; \.\/NAME\.yaml, a file beside this one[^\n]*$/)
})

test('what is no file of this folder is told at the key that names it', () => {
  mkdirSync(join(folder, 'base.yaml'))
  expect(told(OWN)).toEqual(['mle.yaml:2:7 base is "./base.yaml", which cannot be read: it is a folder'])
  for (const [to, says] of [
    ['base.yaml', 'which cannot be read: it is a link that leads back to itself'],
    ['nowhere', `there is no ${join('FOLDER', 'base.yaml')}`],
    ['/dev/zero', 'a link that leads out of this folder; put the file itself here'],
    ['../elsewhere.yaml', 'a link that leads out of this folder; put the file itself here'],
  ] as const) {
    rmSync(join(folder, 'base.yaml'), { recursive: true })
    writeFileSync(join(root, 'elsewhere.yaml'), inherited)
    symlinkSync(to, join(folder, 'base.yaml'))
    expect(told(OWN).map((line) => line.replace(folder, 'FOLDER'))).toEqual([expect.stringContaining(says)])
  }
  rmSync(join(folder, 'base.yaml'))
  // A pipe that nobody writes to holds nobody.
  spawnSync('mkfifo', [join(folder, 'base.yaml')])
  expect(told(OWN)).toEqual([expect.stringContaining('which cannot be read: it is a pipe or a device')])
  rmSync(join(folder, 'base.yaml'))
  symlinkSync('real.yaml', join(folder, 'base.yaml'))
  expect(told(OWN, { 'real.yaml': inherited })).toEqual([])
})

test('faults of several files are one screen, each at its place', () => {
  const file = write(`${OWN}system: { timezone: Europe/Berlin }\n`, {
    'base.yaml': `${inherited.replace('port: 2222', 'port: 70000')}sshh: {}\n`,
  })
  expect(faultOf(() => readInventory(file)).message.replaceAll(folder, 'inventories')).toBe(
    `inventories/mle.yaml has a fault:

  3:11  system.timezone  is not a key here (did you mean timeZone?)

  3 │ system: { timezone: Europe/Berlin }
    │           ^^^^^^^^

inventories/base.yaml, base of inventories/mle.yaml, has 2 faults:

  20:11  hosts[1].port  is 70000; 1 to 65535
  41:1   sshh           is not a key here (did you mean ssh?)

  20 │     port: 70000
     │           ^^^^^`,
  )
})

test('a fault that only the whole has stands where its value does', () => {
  // The port is the base's, and SSH is moved there by the inventory.
  expect(told(`${OWN}ssh: { port: 9200 }\n`, { 'base.yaml': inherited })).toEqual([
    'base.yaml:33:15 firewall.open[1].port is 9200, where SSH answers; it is open anyway',
  ])
  expect(
    told(`${OWN}firewall: { open: [{ port: 2200 }] }\n`, {
      'base.yaml': `${inherited}ssh: { port: 2200 }\n`.replace('ssh: { port: 22 }\n', ''),
    }),
  ).toEqual(['mle.yaml:3:28 firewall.open[0].port is 2200, where SSH answers; it is open anyway'])
  expect(told(OWN, { 'base.yaml': inherited.replace('contact: ops@example.org\n', '') })).toEqual([
    'mle.yaml:1:1 contact is missing; e-mail address of those who keep the platform',
  ])
  expect(told(OWN, { 'base.yaml': inherited.replace('contact:', 'contct:') })).toEqual([
    'base.yaml:2:1 contct is not a key here (did you mean contact?)',
  ])
})

test('what is replaced is looked at as well', () => {
  expect(
    told(`${OWN}system: { swapMiB: 0 }\n`, { 'base.yaml': inherited.replace('swapMiB: 512', 'swapMiB: many') }),
  ).toEqual(['base.yaml:39:12 system.swapMiB is "many"; must be one number'])
  expect(told(`${OWN}system: 5\n`, { 'base.yaml': inherited })).toEqual([
    'mle.yaml:3:9 system is 5; must be a map (key: value)',
  ])
  expect(
    told(`${OWN}system: { swapMiB: 0 }\n`, {
      'base.yaml': inherited.replace(/system:[\s\S]*swapMiB: 512/, 'system: 5'),
    }),
  ).toEqual(['base.yaml:34:9 system is 5; must be a map (key: value)'])
  expect(told(`${OWN}${inherited}`, { 'base.yaml': '- a list\n' })).toEqual([
    'base.yaml:1:1  is a list; must be a map (key: value)',
  ])
})

test('a base that is no YAML hides nothing but what may stand in it', () => {
  expect(told(`${OWN}ssh: { port: 0 }\n`, { 'base.yaml': `system: "a\n${inherited}` })).toEqual([
    'mle.yaml:3:14 ssh.port is 0; 1 to 65535',
    expect.stringMatching(/^base\.yaml:\d+:\d+ {2}/),
  ])
  expect(told(`${OWN}${inherited}`, { 'base.yaml': '' })).toEqual([expect.stringContaining('base.yaml:1:1  is empty')])
})

test('all files together are as long as one may be', () => {
  const keys = (from: number) =>
    `system: { packages: [${Array.from({ length: 4000 }, (_, at) => `p${from + at}`).join(', ')}] }\n`
  const faults = told(OWN, { 'base.yaml': `base: ./two.yaml\n${keys(0)}`, 'two.yaml': keys(4000) })
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(
    /^two\.yaml:1:\d+ {2}is where the file becomes too long: .* with the files that stand on it$/,
  )
})

test('a private key in a base is never shown, nor what stands near it', () => {
  const secret = 'c2VjcmV0c2VjcmV0c2VjcmV0'
  const pem = `"-----BEGIN OPENSSH PRIVATE KEY----- ${secret}"`
  const file = write(`${OWN}contact: ${secret}\n`, { 'base.yaml': inherited.replace('ops@example.org', () => pem) })
  const { message } = faultOf(() => readInventory(file))
  expect(message).toContain('is a private key')
  expect(message).not.toContain('c2VjcmV0c2')
})

// Each on its own is told in one file; in a base it stands one line higher, and nothing else may change.
describe('whatever is wrong in an inventory is wrong in a base', () => {
  const here = table.filter(
    ({ from = whole, path, at }) => from === whole && !/^(organization|$)/.test(path) && Number(at.split(':')[0]) > 1,
  )
  test('and there is enough of it', () => expect(here.length).toBeGreaterThan(200))
  test.each(here)('$name', ({ broken: [find, put], at, path, says }) => {
    const text = whole.replace(find, () => put)
    const [first, ...rest] = text.split('\n')
    if (first !== 'organization: mle') return
    const [line, column] = at.split(':').map(Number)
    const faults = told(OWN, { 'base.yaml': rest.join('\n') })
    const missing = says.startsWith('is missing') && !path.includes('[')
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(missing ? ` ${path} ` : `base.yaml:${(line ?? 0) - 1}:${column} ${path} `)
    expect(faults[0]).toContain(says)
  })
})
