import { base } from './base.ts'
import { type Broken, one } from './entry.ts'

const droplets = `${base
  .replace('release: bookworm', 'release: bookworm\n    region: nyc3\n    size: s-2vcpu-4gb')
  .replace('mle-3\n    provider: sandbox', 'mle-3\n    provider: digitalocean')}digitalocean:
  token: { env: TOKEN }
  sshFrom: [203.0.113.0/24]
`

const droplet = (
  name: string,
  broken: readonly [string, string],
  at: string,
  path: string,
  says: string,
  remedy?: Broken['remedy'],
) => one(name, broken, at, path, says, remedy, droplets)

const TOKEN = `dop_v1_${'0'.repeat(64)}`

/** Hosts that are made at DigitalOcean, and the account. */
export const ofDroplets: readonly Broken[] = [
  droplet('droplet without a region', ['    region: nyc3\n', ''], '23:5', 'hosts[2].region', 'such as nyc3', [
    '    size: s-2vcpu-4gb\n',
    '    size: s-2vcpu-4gb\n    region: nyc3\n',
  ]),
  droplet('region that is none', ['region: nyc3', 'region: NYC3'], '26:13', 'hosts[2].region', 'such as nyc3'),
  droplet(
    'address of a droplet',
    ['region: nyc3', 'region: nyc3\n    address: 203.0.113.9'],
    '27:5',
    'hosts[2].address',
    'gets its address when it is made',
  ),
  one('size of an existing host', ['port: 2222', 'size: s-2vcpu-4gb'], '21:5', 'hosts[1].size', 'take it out', [
    '    size: s-2vcpu-4gb\n',
    '',
  ]),
  droplet(
    'droplet without an account',
    ['digitalocean:\n  token: { env: TOKEN }\n  sshFrom: [203.0.113.0/24]\n', ''],
    '1:1',
    'digitalocean',
    'digitalocean: { token: { env: DIGITALOCEAN_TOKEN } }',
    ['ssh: { port: 22 }\n', 'ssh: { port: 22 }\ndigitalocean: { token: { env: DIGITALOCEAN_TOKEN } }\n'],
  ),
  droplet(
    'token from nowhere',
    ['token: { env: TOKEN }', 'token: {}'],
    '45:10',
    'digitalocean.token',
    'env, file or command',
  ),
  droplet('the token itself', ['{ env: TOKEN }', TOKEN], '45:10', 'digitalocean.token', 'is an API token'),
  droplet(
    'the token as name of a variable',
    ['env: TOKEN', `env: ${TOKEN}`],
    '45:17',
    'digitalocean.token.env',
    'is an API token',
  ),
  droplet(
    "tag like groundwork's own",
    ['region: nyc3', 'region: nyc3\n    tags: [groundwork:mle]'],
    '27:12',
    'hosts[2].tags[0]',
    "groundwork's own",
  ),
  droplet(
    'tag twice',
    ['region: nyc3', 'region: nyc3\n    tags: [web, Web]'],
    '27:17',
    'hosts[2].tags[1]',
    'a second time',
  ),
  droplet(
    'SSH from a single address',
    ['[203.0.113.0/24]', '[203.0.113.7]'],
    '46:13',
    'digitalocean.sshFrom[0]',
    '203.0.113.7/32',
  ),
  droplet(
    'a network of public addresses',
    ['sshFrom: [203.0.113.0/24]', 'vpc: { range: 203.0.113.0/24 }'],
    '46:17',
    'digitalocean.vpc.range',
    'a private range',
  ),
  droplet(
    'a network that is too large',
    ['sshFrom: [203.0.113.0/24]', 'vpc: { range: 10.0.0.0/8 }'],
    '46:17',
    'digitalocean.vpc.range',
    '16 to 28',
  ),
  one('volumes of an existing host', ['port: 2222', 'volumes: []'], '21:5', 'hosts[1].volumes', 'take it out', [
    '    volumes: []\n',
    '',
  ]),
]

const VOLUME = '{ name: data, sizeGiB: 50, at: /mnt/data }'

/** Block volumes and the private network. */
export const ofVolumes: readonly Broken[] = (
  [
    ['mount point of the system', VOLUME.replace('/mnt/data', '/etc'), '[0].at', 'a folder below /mnt or /srv'],
    ['mount point that climbs', VOLUME.replace('/mnt/data', '/mnt/../etc'), '[0].at', 'a folder below /mnt or /srv'],
    ['volume larger than any', VOLUME.replace('50', '20000'), '[0].sizeGiB', '1 to 16384'],
    ['volume with a name in capitals', VOLUME.replace('data', 'Data'), '[0].name', 'small letters'],
    ['volume twice', `${VOLUME}, { name: data, sizeGiB: 1, at: /mnt/other }`, '[1].name', 'a second time'],
    [
      'two volumes at one place',
      `${VOLUME}, { name: other, sizeGiB: 1, at: /mnt/data }`,
      '[1].at',
      'lies in that of data',
    ],
    [
      'volume inside another',
      `${VOLUME}, { name: other, sizeGiB: 1, at: /mnt/data/x }`,
      '[1].at',
      'lies in that of data',
    ],
    ['volume named like a host', VOLUME.replace('data', 'mle-1'), '[0].name', 'as a host is'],
    [
      'owner by name',
      VOLUME.replace(' }', ', directories: [{ path: a, owner: root }] }'),
      '[0].directories[0].owner',
      '"999:999"',
    ],
    [
      'directory out of the volume',
      VOLUME.replace(' }', ', directories: [{ path: ../a }] }'),
      '[0].directories[0].path',
      'inside the volume',
    ],
    [
      'directory twice',
      VOLUME.replace(' }', ', directories: [{ path: a }, { path: a }] }'),
      '[0].directories[1].path',
      'a second time',
    ],
  ] as const
).map(([name, volumes, path, says]) =>
  droplet(
    name,
    ['region: nyc3', `region: nyc3\n    volumes: [${volumes}]`],
    `27:${'    volumes: ['.length + 1 + at(volumes, path)}`,
    `hosts[2].volumes${path}`,
    says,
  ),
)

// Where the value stands that is told: behind its last key.
function at(volumes: string, path: string): number {
  const [, index, key] = /^\[(\d)\].*?(\w+)$/.exec(path) ?? []
  const second = path.includes('directories[1]') || index === '1'
  const word = `${key}: `
  return (second ? volumes.lastIndexOf(word) : volumes.indexOf(word)) + word.length
}
