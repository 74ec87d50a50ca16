import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { readInventory } from '../../../src/inventory/read.ts'
import type { Objects } from '../../../src/provision/digitalocean/lists.ts'
import { wantedOf } from '../../../src/provision/digitalocean/wanted.ts'
import { type InPulumi, isInPulumi } from '../../../src/provision/pulumi/kinds.ts'
import type { Part } from '../../../src/provision/pulumi/part.ts'
import { partsOf } from '../../../src/provision/pulumi/parts/index.ts'
import { ANA, BEN } from '../../inventory/broken/base.ts'

const folder = mkdtempSync(join(tmpdir(), 'program-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(
  join(folder, 'mle.yaml'),
  `organization: mle
platform: demo
contact: ops@example.org
operators: [{ name: ana, keys: [${ANA}] }, { name: ben, keys: [${BEN}] }]
hosts:
  - name: mle-1
    provider: digitalocean
    region: nyc3
    size: s-2vcpu-4gb
    role: manager
    reservedIp: true
    volumes: [{ name: data, sizeGiB: 50, at: /mnt/data }]
  - { name: mle-2, provider: digitalocean, region: nyc3, size: s-2vcpu-4gb, role: worker, backups: true }
access: { profile: public, domain: demo.example.org }
digitalocean:
  token: { env: DO_TOKEN }
  dns: { zone: example.org }
  project: Sprocket
  spaces: { region: nyc3, key: { env: SPACES_KEY }, buckets: [{ name: mle-backups }, { name: mle-old, versioning: false }], keys: [{ name: files, buckets: { mle-old: read } }] }
  vpc: {}
  databases:
    - { name: main, version: "15", size: db-s-1vcpu-2gb, region: nyc3, databases: [sprocket], users: [sprocket] }
`,
)

export const org = readInventory(join(folder, 'mle.yaml'))
/** Everything that Pulumi makes of it. */
export const list: readonly InPulumi[] = wantedOf(org, [], [{ name: 'demo.example.org', hosts: org.hosts }]).filter(
  isInPulumi(org),
)

const networks = (last: number) => ({ v4: [{ ip_address: `192.0.2.${last}`, type: 'public' }] })
const droplet = (id: number, name: string, tags: readonly string[]) => ({
  id,
  name,
  status: 'active',
  created_at: '2026-01-01T00:00:00Z',
  size_slug: 's-2vcpu-4gb',
  region: { slug: 'nyc3' },
  image: { slug: 'debian-13-x64' },
  features: [],
  networks: networks(id),
  tags: ['groundwork:mle', `groundwork:mle:${name}`, ...tags],
})

export const NOTHING: Objects = {
  droplets: [],
  firewalls: [],
  sshKeys: [],
  zones: [],
  clusters: [],
  buckets: [],
  leftBuckets: [],
  spacesKeys: [],
  keptKeys: [],
  begunKeys: [],
  vpcs: [],
  volumes: [],
  reservedIps: [],
  tags: [],
  projects: [],
  projectMembers: [],
  noted: {},
}

/** All that is wanted is there, and besides it an old address of the name, and a tag that somebody gave. */
export const ALL = {
  ...NOTHING,
  droplets: [droplet(1, 'mle-1', ['Theirs', 'groundwork:mle:mle-1:203-0-113-1']), droplet(2, 'mle-2', [])],
  firewalls: [{ id: 'wall', name: 'groundwork-mle' }],
  sshKeys: list.flatMap((one, index) =>
    one.kind === 'ssh-key' ? [{ id: 70 + index, fingerprint: one.fingerprint }] : [],
  ),
  zones: [
    {
      id: 'example.org',
      records: [
        { id: 11, type: 'A', name: 'demo', data: '198.51.100.9', ttl: 60 },
        { id: 12, type: 'A', name: 'demo', data: '192.0.2.2', ttl: 300 },
        { id: 13, type: 'TXT', name: '_groundwork.demo', data: 'groundwork=mle', ttl: 300 },
      ],
    },
  ],
  clusters: [
    {
      id: 'db-id',
      name: 'mle-main',
      status: 'online',
      tags: ['groundwork:mle'],
      rules: [],
      databases: ['defaultdb', 'sprocket'],
      users: ['doadmin', 'sprocket'],
    },
  ],
  buckets: [{ id: 'mle-old', versioning: 'none' }],
  vpcs: [{ id: 'vpc-id', name: 'groundwork-mle-nyc3', region: 'nyc3', ip_range: '10.20.0.0/20' }],
  volumes: [
    {
      id: 'vol-id',
      name: 'data',
      region: { slug: 'nyc3' },
      size_gigabytes: 50,
      droplet_ids: [1],
      tags: ['groundwork:mle'],
    },
  ],
  reservedIps: [{ id: '203.0.113.1', ip: '203.0.113.1', region: { slug: 'nyc3' }, droplet: { id: 1, name: 'mle-1' } }],
  projects: [{ id: 'project-id', name: 'Sprocket' }],
} as unknown as Objects

/** The resources of Pulumi for it, where the lists tell this. */
export const parts = (objects = NOTHING, replaced: readonly string[] = []): readonly Part[] => {
  const userData = new Map(
    ['mle-1', 'mle-2']
      .filter((name) => !objects.droplets.length || replaced.includes(name))
      .map((name) => [name, '#cloud-config\nkey: PRIVATE']),
  )
  return list.flatMap((wanted) => partsOf(wanted, { org, objects, replaced, userData }))
}
