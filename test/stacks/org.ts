import { secret } from '../../src/engine/secret.ts'
import type { Host, Org } from '../../src/inventory/org.ts'
import { readPlatform } from '../../src/stacks/platform.ts'

/** A host for tests. */
export const host = (name: string, role: Host['role'], labels: Host['labels'] = {}): Host => ({
  name,
  provider: 'sandbox',
  role,
  labels,
  firstUser: 'root',
  user: 'root',
  port: 22,
  address: undefined,
  hostKey: undefined,
  identity: undefined,
  release: 'trixie',
  distribution: 'debian',
  codename: 'trixie',
  architecture: 'amd64',
  memoryMiB: 4096,
  cores: 2,
  primaryAddress: '192.0.2.1',
  sharesKernel: true,
})

/** Two hosts, and a key that everybody knows. */
export const org = (over: Partial<Org> = {}): Org => ({
  name: 'lab',
  file: 'lab.yaml',
  platform: 'fixture',
  contact: 'ops@example.org',
  operators: [],
  hosts: [host('one', 'manager', { role: 'storage' }), host('two', 'worker')],
  access: { profile: 'localhost', domain: undefined },
  docker: { version: {}, daemon: {} },
  firewall: { open: [] },
  system: { timeZone: 'UTC', packages: [], sysctl: {}, journalMax: '100M', swapMiB: 0 },
  ssh: { port: 22 },
  key: secret(Buffer.alloc(32, 7).toString('base64url')),
  ...over,
})

export const fixture = () => readPlatform('fixture', import.meta.dirname)
