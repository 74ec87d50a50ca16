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
