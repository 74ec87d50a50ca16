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
]
