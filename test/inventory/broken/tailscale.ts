import { base } from './base.ts'
import { type Broken, one } from './entry.ts'

const tailnet = `${base}tailscale:
  authKey: { env: KEY }
  loginServer: https://tailnet.example.org
  tags: [tag:server]
  advertiseRoutes: [10.20.0.0/16]
`

const inTailnet = (name: string, broken: readonly [string, string], at: string, path: string, says: string) =>
  one(name, broken, at, path, says, undefined, tailnet)

const KEY = `tskey-auth-k${'0'.repeat(16)}`

/** Hosts of a tailnet. */
export const ofTailscale: readonly Broken[] = [
  inTailnet('auth key from nowhere', ['{ env: KEY }', '{}'], '43:12', 'tailscale.authKey', 'env, file or command'),
  one(
    'nobody says how hosts join',
    ['  authKey: { env: KEY }\n', ''],
    '42:1',
    'tailscale.authKey',
    'authKey, apiKey, oauth, one of them',
    ['tailscale:\n', 'tailscale:\n  authKey: { env: KEY }\n'],
    tailnet,
  ),
  inTailnet(
    'two ways to join',
    ['{ env: KEY }', '{ env: KEY }\n  apiKey: { env: KEY }'],
    '44:3',
    'tailscale.apiKey',
    'besides authKey',
  ),
  inTailnet(
    'package and programs at once',
    ['{ env: KEY }', '{ env: KEY }\n  source: distribution\n  binaries: ./tailscale'],
    '44:3',
    'tailscale.source',
    'binaries take the place of a package',
  ),
  inTailnet(
    'package from nowhere',
    ['{ env: KEY }', '{ env: KEY }\n  source: debian'],
    '44:11',
    'tailscale.source',
    'distribution',
  ),
  inTailnet(
    'mirror beside programs',
    ['{ env: KEY }', '{ env: KEY }\n  repository: {}\n  binaries: ./tailscale'],
    '44:3',
    'tailscale.repository',
    'is not used, since binaries take the place of a package',
  ),
  inTailnet(
    "mirror beside the distribution's package",
    ['{ env: KEY }', '{ env: KEY }\n  source: distribution\n  repository: {}'],
    '45:3',
    'tailscale.repository',
    'is not used, since source is distribution',
  ),
  ...[
    ['with a slash behind it', 'https://mirror.example.org/tailscale/', 'without a slash behind it'],
    ['with a space', '"http://mirror.example.org/a b"', 'without a slash behind it'],
    ['on a disk', 'file:///srv/tailscale', 'https:// (or http://)'],
    ['with a password', 'https://ana:word@mirror.example.org', 'auth.conf.d'],
  ].map(([name, url, says]) =>
    inTailnet(
      `mirror ${name}`,
      ['{ env: KEY }', `{ env: KEY }\n  repository: { url: ${url} }`],
      '44:22',
      'tailscale.repository.url',
      says ?? '',
    ),
  ),
  inTailnet(
    "mirror's key as people print it",
    ['{ env: KEY }', `{ env: KEY }\n  repository: { fingerprint: 2596 a99e aab3 3821 893c 0a79 458c a832 957f 5868 }`],
    '44:30',
    'tailscale.repository.fingerprint',
    'write 2596A99EAAB33821893C0A79458CA832957F5868',
  ),
  inTailnet(
    "end of a mirror's key",
    ['{ env: KEY }', '{ env: KEY }\n  repository: { fingerprint: 458CA832957F5868 }'],
    '44:30',
    'tailscale.repository.fingerprint',
    '40 digits and letters A to F',
  ),
  inTailnet(
    'API key from nowhere',
    ['authKey: { env: KEY }', 'apiKey: {}'],
    '43:11',
    'tailscale.apiKey',
    'env, file or command',
  ),
  inTailnet(
    'OAuth client without a secret',
    ['authKey: { env: KEY }', 'oauth: { id: k123456CNTRL }'],
    '43:3',
    'tailscale.oauth.secret',
    'is missing',
  ),
  inTailnet(
    'OAuth client with the secret itself',
    ['authKey: { env: KEY }', `oauth: { id: k123456CNTRL, secret: ${KEY} }`],
    '43:38',
    'tailscale.oauth.secret',
    'is a key of Tailscale',
  ),
  one(
    'OAuth client without tags',
    [
      'oauth: { id: k123456CNTRL, secret: { env: KEY } }\n',
      'oauth: { id: k123456CNTRL, secret: { env: KEY } }\n  tags: []\n',
    ],
    '44:9',
    'tailscale.tags',
    'give tags, such as [tag:server]',
    ['tags: []', 'tags: [tag:server]'],
    `${base}tailscale:\n  oauth: { id: k123456CNTRL, secret: { env: KEY } }\n`,
  ),
  inTailnet('the auth key itself', ['{ env: KEY }', KEY], '43:12', 'tailscale.authKey', 'is a key of Tailscale'),
  inTailnet('tag without its beginning', ['tag:server', 'server'], '45:10', 'tailscale.tags[0]', 'such as tag:server'),
  inTailnet(
    'tag of a node twice',
    ['tag:server', 'tag:server, tag:server'],
    '45:22',
    'tailscale.tags[1]',
    'a second time',
  ),
  inTailnet(
    'route twice',
    ['10.20.0.0/16', '10.20.0.0/16, 10.20.0.0/16'],
    '46:35',
    'tailscale.advertiseRoutes[1]',
    'a second time',
  ),
  inTailnet(
    'route that begins elsewhere',
    ['10.20.0.0/16', '10.20.3.0/16'],
    '46:21',
    'tailscale.advertiseRoutes[0]',
    'begins at 10.20.0.0/16',
  ),
  inTailnet(
    'control server with a path',
    ['https://tailnet.example.org', 'https://tailnet.example.org/'],
    '44:16',
    'tailscale.loginServer',
    'without a slash behind it',
  ),
  inTailnet(
    "Tailscale's port by hand",
    ['{ port: 9200 }', '{ port: 41641, protocol: udp }'],
    '34:15',
    'firewall.open[1].port',
    'it is open anyway',
  ),
]
