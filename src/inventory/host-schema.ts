import * as z from 'zod'
import { addressFault, hostKeyFault } from './addresses.ts'
import { region } from './digitalocean-schema.ts'
import { judged, name, path, port, text, userName } from './forms.ts'
import { volumeSchema } from './volume-schema.ts'

const LABEL = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/

/** A host as it is written in an inventory; which keys go with which provider, check-hosts.ts says. */
export const hostSchema = z.strictObject({
  name: name('a host name: small letters, digits and dashes, at most 63', 63).describe(
    'Host name, which the host gets.',
  ),
  provider: z
    .enum(['existing', 'sandbox', 'digitalocean'])
    .describe(
      'How the host comes to exist: it is there already, is made on this machine to be thrown away, or is made at DigitalOcean.',
    ),
  address: judged(addressFault).optional().describe('existing: a name, an IP address, or an alias of ~/.ssh/config.'),
  port: port().default(22).describe('Port of SSH at the first meeting; from then on it is ssh.port.'),
  firstUser: userName().default('root').describe('How the host is met: root, or who may use sudo.'),
  user: userName().optional().describe('How it is used from then on; firstUser if left out.'),
  hostKey: judged(hostKeyFault)
    .optional()
    .describe(
      "existing: fingerprint of the host's key, SHA256:…; without it a person confirms the key once, on a terminal.",
    ),
  identity: path()
    .optional()
    .describe('existing: private key file on this machine; without it the agent and ~/.ssh/config.'),
  sudoPasswordFile: path().optional().describe('existing: file on this machine that holds the sudo password of user.'),
  role: z
    .enum(['manager', 'worker'])
    .optional()
    .describe('Part in the swarm; one host alone is its manager without this.'),
  labels: z
    .record(
      z.string().regex(LABEL, 'letters, digits, dots, dashes'),
      text(LABEL, 'letters, digits, dots, dashes, at most 63'),
    )
    .default({})
    .describe("Labels by which the platform's services find their host."),
  release: z.enum(['bookworm', 'trixie']).default('trixie').describe('sandbox and digitalocean: which Debian is made.'),
  region: region().optional().describe('digitalocean: region, such as nyc3.'),
  size: text(/^[a-z0-9]+(-[a-z0-9._]+)+$/, 'a size of DigitalOcean, such as s-2vcpu-4gb')
    .optional()
    .describe('digitalocean: size, such as s-2vcpu-4gb.'),
  monitoring: z.boolean().optional().describe("digitalocean: its agent tells the host's figures; true if left out."),
  backups: z.boolean().optional().describe('digitalocean: weekly images, which cost; false if left out.'),
  tags: z
    .array(text(/^[A-Za-z0-9_:-]{1,255}$/, 'a tag: letters, digits, colons, dashes and underscores'))
    .optional()
    .describe('digitalocean: tags of your own, besides those by which groundwork finds the host again.'),
  reservedIp: z
    .boolean()
    .optional()
    .describe('digitalocean: an address that stays the same when the host is made anew; false if left out.'),
  volumes: z
    .array(volumeSchema)
    .max(15, 'at most 15 for each host')
    .optional()
    .describe('digitalocean: block volumes, which stay when the host is made anew.'),
})
