import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { explained } from '../../src/commands/explain.ts'
import { usesOf } from '../../src/commands/uses.ts'
import { Fault } from '../../src/engine/fault.ts'
import { findPath } from '../../src/inventory/find-path.ts'
import { knownAt } from '../../src/inventory/known.ts'
import { readWritten } from '../../src/inventory/read.ts'
import { inventorySchema } from '../../src/inventory/schema.ts'
import { width } from '../../src/report/width.ts'
import { groundwork } from '../lab/groundwork.ts'

const folder = mkdtempSync(join(tmpdir(), 'explain-'))
const file = join(folder, 'mle.yaml')
afterAll(() => rmSync(folder, { recursive: true }))
beforeAll(() => {
  writeFileSync(
    file,
    `organization: mle
base: ./base.yaml
platform: demo
operators:
  - name: ana
    keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHhSeB8OoSBOEMW/0+vPRy4ocm/Y80GDAOrvHvOGeqzQ ana@laptop]
hosts:
  - { name: mle-1, provider: existing, address: 203.0.113.7, role: manager, labels: { role: storage } }
  - { name: mle-2, provider: sandbox, role: worker }
docker: { version: { trixie: "26.1.5*" } }
`,
  )
  writeFileSync(
    join(folder, 'base.yaml'),
    `contact: ops@example.org
docker: { version: { trixie: "26.1*" } }
system: { timeZone: Europe/Berlin, sysctl: { net.core.somaxconn: 4096 } }
`,
  )
})

const screen = (path?: string) => explained(file, path).join('\n').replaceAll(folder, 'inventories')

test('every value that is set, with its place', () => {
  expect(screen()).toBe(`inventories/mle.yaml over inventories/base.yaml

organization                      mle                                                 mle.yaml:1:15
base                              ./base.yaml                                         mle.yaml:2:7
platform                          demo                                                mle.yaml:3:11
contact                           ops@example.org                                     base.yaml:1:10
operators[ana].name               ana                                                 mle.yaml:5:11
operators[ana].keys               ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHhSeB8OoSBOE…  mle.yaml:6:11
hosts[mle-1].name                 mle-1                                               mle.yaml:8:13
hosts[mle-1].provider             existing                                            mle.yaml:8:30
hosts[mle-1].address              203.0.113.7                                         mle.yaml:8:49
hosts[mle-1].role                 manager                                             mle.yaml:8:68
hosts[mle-1].labels.role          storage                                             mle.yaml:8:93
hosts[mle-2].name                 mle-2                                               mle.yaml:9:13
hosts[mle-2].provider             sandbox                                             mle.yaml:9:30
hosts[mle-2].role                 worker                                              mle.yaml:9:45
docker.version.trixie             26.1.5*                                             mle.yaml:10:30
system.timeZone                   Europe/Berlin                                       base.yaml:3:21
system.sysctl.net.core.somaxconn  4096                                                base.yaml:3:66`)
})

test('one value: where it is from, what it replaces, and what changes with it', () => {
  expect(screen('docker.version.trixie')).toBe(`docker.version.trixie   26.1.5*

from        inventories/mle.yaml:10:30
instead of  26.1*   inventories/base.yaml:2:30
meaning     On Debian 13.
default     26.1*
changes     docker, on every host:
              file /etc/apt/preferences.d/groundwork-docker
              held packages docker.io, docker-cli`)
  expect(screen('docker.version.bookworm')).toContain('from        default: no file says otherwise')
  expect(screen('docker')).toBe(`docker
Docker on every host.

docker.version.trixie    26.1.5*  mle.yaml:10:30
docker.version.bookworm  20.10*   default
docker.daemon            none     default`)
})

test('the command prints it, and what is wrong with a path', async () => {
  const { exit, out } = await groundwork(['explain', 'docker.version.trixie', '--inventory', file], {})
  expect({ exit, out }).toEqual({ exit: 0, out: `${explained(file, 'docker.version.trixie').join('\n')}\n` })
  const wrong = await groundwork(['explain', 'docker.versoin', '--inventory', file], {})
  expect(wrong).toMatchObject({ exit: 64, out: '', err: expect.stringContaining('did you mean version?') })
})

test.each(['hosts[mle-1].role', 'hosts[0].role', 'hosts.mle-1.role', 'hosts["mle-1"].role'])(
  '%s is one path',
  (path) => {
    expect(screen(path).split('\n')[0]).toBe('hosts[mle-1].role   manager')
  },
)

test.each([
  ['system.timezone', 'did you mean timeZone?'],
  ['hosts[mle-3].role', 'hosts has mle-1, mle-2'],
  ['hosts[2]', 'hosts has mle-1, mle-2'],
  ['dokcer.version', 'did you mean docker?'],
  ['contact.name', 'contact has nothing below it'],
  ['system.sysctl.vm.swappiness', 'system.sysctl has net.core.somaxconn'],
  ['constructor', 'an inventory has organization'],
  ['hosts[__proto__]', 'hosts has'],
])('%s is told', (path, because) => {
  try {
    screen(path)
  } catch (error) {
    expect(error).toBeInstanceOf(Fault)
    expect(error).toMatchObject({ exit: 64, because: expect.stringContaining(because) })
    return
  }
  throw new Error('no fault')
})

// What uses a value is nobody's list: it is found by building the steps.
test.each([
  ['system.timeZone', ['base'], []],
  ['system.sysctl.net.core.somaxconn', ['base'], []],
  ['ssh.port', ['ssh', 'firewall', 'checks'], []],
  ['firewall.open[0].from', ['firewall'], []],
  ['firewall.open[0].port', ['firewall', 'checks'], []],
  ['docker.daemon.dns', ['docker'], ['docker-runs']],
  ['docker.version.bookworm', ['docker'], []],
  ['operators[ben].keys', ['users'], []],
  ['hosts[example-1].user', ['users', 'docker-runs'], ['ssh']],
  ['hosts[example-2].labels.disk', ['members'], ['firewall', 'volumes', 'carried-images', 'checks']],
  ['hosts[example-1].hostKey', [], ['finding the host']],
  ['hosts[example-2].sudoPasswordFile', [], []],
  ['system.swapMiB', ['base'], []],
])('what changes with %s', (typed, changes, reads) => {
  const example = 'inventories/example.yaml'
  const { inventory } = readWritten(example)
  const path = findPath(typed, inventory)
  const uses = usesOf(inventory, example, path, knownAt(inventorySchema, path))
  expect([...new Set(uses.changes.map(({ step }) => step))]).toEqual(changes)
  expect(uses.reads).toEqual(reads)
})

test('every value of the example is explained, in 100 columns, without what no value is', () => {
  const example = 'inventories/example.yaml'
  const names = explained(example, undefined)
    .slice(2)
    .map((line) => line.split('  ')[0] ?? '')
  expect(names.length).toBeGreaterThan(40)
  for (const name of names) {
    const lines = explained(example, name)
    expect(Math.max(...lines.map(width)), name).toBeLessThanOrEqual(100)
    expect(lines.join('\n'), name).toMatch(/^from {8}inventories\/example\.yaml:\d+:\d+$/m)
    expect(lines.join('\n'), name).not.toMatch(/undefined|\[object|NaN|AAAAAAAAAAAA/)
  }
  expect(readFileSync(example, 'utf8')).toContain(names[0] ?? '?')
})
