import type { Host, Org } from '../../src/inventory/org.ts'

/** A host as first contact tells it; `more` says what is different. */
export const sampleHost = (name: string, more: Partial<Host> = {}): Host => ({
  name,
  provider: 'existing',
  role: 'manager',
  labels: { role: 'storage' },
  firstUser: 'root',
  user: 'root',
  port: 22,
  address: '192.0.2.1',
  hostKey: undefined,
  identity: undefined,
  release: 'trixie',
  distribution: 'debian',
  codename: 'trixie',
  architecture: 'amd64',
  memoryMiB: 2048,
  cores: 2,
  primaryAddress: '192.0.2.1',
  sharesKernel: false,
  ...more,
})

/** An organization of these hosts, with something of everything. */
export const sampleOrg = (hosts: readonly Host[], more: Partial<Org> = {}): Org => ({
  name: 'mle',
  file: 'inventories/mle.yaml',
  platform: 'demo',
  contact: 'ops@example.org',
  operators: [
    { name: 'ana', keys: ['ssh-ed25519 AAAAC3Nza ana@laptop'] },
    { name: 'bo', keys: ['ssh-ed25519 AAAAC3Nzb', 'ssh-rsa AAAAB3Nzc bo@desk'] },
  ],
  hosts,
  access: { profile: 'public', domain: 'example.org' },
  docker: { version: { trixie: '26.1*', bookworm: '20.10*' }, daemon: { 'max-concurrent-downloads': 2 } },
  firewall: {
    open: [
      { port: 9100, protocol: 'tcp', from: ['203.0.113.0/24', '2001:db8::/32'] },
      { port: 51820, protocol: 'udp', from: [] },
    ],
  },
  system: {
    timeZone: 'Europe/Berlin',
    packages: ['less'],
    sysctl: { 'net.ipv4.tcp_keepalive_time': '600', 'vm.overcommit_memory': '1' },
    journalMax: '500M',
    swapMiB: 1024,
  },
  ssh: { port: 22 },
  key: undefined,
  ...more,
})
