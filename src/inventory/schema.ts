import * as z from 'zod'
import { fingerprintFault, rangeFault, repositoryFault, serverFault } from './addresses.ts'
import { TAILSCALE_FINGERPRINT, TAILSCALE_PACKAGES, TAILSCALE_SERVER } from './check-tailscale.ts'
import { DOMAIN, digitalOceanSchema } from './digitalocean-schema.ts'
import { BASE, judged, name, pattern, port, secretPlace, text, userName } from './forms.ts'
import { hostSchema } from './host-schema.ts'
import { publicKeyFault } from './public-key.ts'
import { timeZoneFault } from './time-zone.ts'

const PLATFORM = /^(\.(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)+|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$/

const FOLDER = /^\.(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)+$/

const SETTING = 'must be a number, or text of letters, digits and spaces'

/** An inventory as it is written: this is at once the check, the editors' schema and the list of defaults. */
export const inventorySchema = z
  .strictObject({
    organization: name('small letters, digits and dashes, at most 32', 32).describe(
      "The organization's name; its state and its sandbox hosts are kept under it.",
    ),
    base: text(BASE, './NAME.yaml, a file beside this one')
      .optional()
      .describe('File beside this one, `./NAME.yaml`, that says what this one does not.'),
    platform: text(PLATFORM, 'a name of small letters, digits and dashes, or ./FOLDER beside this file').describe(
      'What runs: a folder of src/platforms, or `./FOLDER` beside this file.',
    ),
    contact: text(
      /^[A-Za-z0-9][A-Za-z0-9._%+-]*@([A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*$/,
      'an e-mail address',
    ).describe('E-mail address of those who keep the platform.'),
    operators: z
      .array(
        z.strictObject({
          name: userName().describe('Account on every host.'),
          keys: z
            .array(judged(publicKeyFaultOrGenerated).describe('The line of a .pub file, or `generated`.'))
            .min(1, 'has no key; at least one')
            .describe(
              'OpenSSH public keys. `generated`, where every host is a sandbox: groundwork makes a pair on this machine.',
            ),
        }),
      )
      .min(1, 'names nobody; somebody must be able to log in')
      .describe('Who may log in, and their keys.'),
    hosts: z
      .array(hostSchema)
      .min(1, 'names no host; at least one')
      .describe('The hosts. One or three managers, any number of workers.'),
    access: z
      .strictObject({
        profile: z.enum(['localhost', 'lan', 'public']).default('lan').describe('From where the platform is used.'),
        domain: text(DOMAIN, 'a domain in small letters, such as demo.example.org')
          .optional()
          .describe('Name under which the platform is reached.'),
      })
      .prefault({})
      .describe('How the platform is reached.'),
    digitalocean: digitalOceanSchema
      .optional()
      .describe('The account at DigitalOcean; needed where a host is made there.'),
    docker: z
      .strictObject({
        version: z
          .strictObject({
            trixie: pattern().default('26.1*').describe('On Debian 13.'),
            bookworm: pattern().default('20.10*').describe('On Debian 12.'),
          })
          .prefault({})
          .describe("Version of docker.io, as apt's pinning takes it; held, and upgraded by changing it here."),
        daemon: z
          .record(
            z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'a key of daemon.json: small letters and dashes'),
            z.json(),
          )
          .default({})
          .describe('Additional keys of daemon.json.'),
      })
      .prefault({})
      .describe('Docker on every host.'),
    firewall: z
      .strictObject({
        open: z
          .array(
            z.strictObject({
              port: port().describe('One port; a range is one entry for each.'),
              protocol: z.enum(['tcp', 'udp']).default('tcp').describe('Of the port.'),
              from: z.array(judged(rangeFault)).default([]).describe('Ranges that may reach it; none: everybody.'),
            }),
          )
          .default([])
          .describe('Ports that answer from outside, besides SSH and what the platform publishes.'),
      })
      .prefault({})
      .describe('Everything else is closed.'),
    system: z
      .strictObject({
        timeZone: judged(timeZoneFault).default('Etc/UTC').describe('Name of the tz database.'),
        packages: z
          .array(text(/^[a-z0-9][a-z0-9+.-]*[a-z0-9+.]$/, 'the name of a Debian package, without a version'))
          .default([])
          .describe('Debian packages besides those that groundwork needs.'),
        sysctl: z
          .record(
            z.string().regex(/^[a-z0-9_]+(\.[A-Za-z0-9_-]+)+$/, 'a name with dots, such as net.core.somaxconn'),
            z.union([z.number(), z.string().regex(/^[\w.,:+/-]+( +[\w.,:+/-]+)*$/, SETTING)], {
              error: SETTING,
            }),
          )
          .default({})
          .describe('Kernel settings. A sandbox shares its kernel: there only net.* is set.'),
        journalMax: text(/^[1-9]\d{0,5}[KMGT]$/, 'a number and K, M, G or T, such as "500M"')
          .default('500M')
          .meta({ examples: ['500M'] })
          .describe("Most that systemd's journal may take of the disk."),
        swapMiB: z
          .number()
          .int('a whole number of MiB')
          .min(0, '0 to 65536')
          .max(65536, '0 to 65536')
          .default(1024)
          .describe('Swap file, made only where memory is below 4 GiB; 0: none.'),
      })
      .prefault({})
      .describe('The operating system below everything else.'),
    ssh: z
      .strictObject({ port: port().default(22).describe('Port of SSH on every host.') })
      .prefault({})
      .describe('SSH as it is from then on.'),
    tailscale: z
      .strictObject({
        authKey: secretPlace()
          .optional()
          .describe(
            'Where the auth key is with which hosts join, never the key itself; of several places the first that has one: env, file, command. Or apiKey, or oauth.',
          ),
        apiKey: secretPlace()
          .optional()
          .describe("Where the key of Tailscale's API is, through which each host gets an auth key of its own."),
        oauth: z
          .strictObject({
            id: text(/^[A-Za-z0-9]{6,64}$/, 'the id of an OAuth client: letters and digits').describe('Its id.'),
            secret: secretPlace().describe('Where its secret is, never the secret itself.'),
          })
          .optional()
          .describe("An OAuth client of Tailscale's API, through which each host gets an auth key of its own."),
        source: z
          .enum(['repository', 'distribution'])
          .default('repository')
          .describe(
            "Where the package comes from: Tailscale's own repository, whose key is pinned; or the distribution's sources, which Debian itself has it not in.",
          ),
        repository: z
          .strictObject({
            url: judged(repositoryFault)
              .default(TAILSCALE_PACKAGES)
              .describe('Its address, above the folders of the distributions; a mirror has the same ones.'),
            fingerprint: judged(fingerprintFault)
              .default(TAILSCALE_FINGERPRINT)
              .describe('Of the one key that signs it: 40 hexadecimal digits, as gpg --show-keys prints it.'),
          })
          .prefault({})
          .describe("Tailscale's own repository, or a mirror of it."),
        binaries: text(FOLDER, './FOLDER beside this file')
          .optional()
          .describe(
            'Folder beside this file, `./FOLDER`, with static `tailscale` and `tailscaled`, in place of a package.',
          ),
        loginServer: judged(serverFault)
          .default(TAILSCALE_SERVER)
          .describe('Address of the control server; one of your own such as headscale.'),
        tags: z
          .array(text(/^tag:[A-Za-z][A-Za-z0-9-]{0,62}$/, 'a tag such as tag:server'))
          .default([])
          .describe('Tags of every host; a tagged host belongs to no person, and its key does not expire.'),
        acceptDns: z.boolean().default(false).describe("The tailnet's name servers take the place of the host's own."),
        acceptRoutes: z
          .boolean()
          .default(false)
          .describe('Networks that other nodes announce are reached through them.'),
        advertiseRoutes: z
          .array(judged(rangeFault))
          .default([])
          .describe('Networks that other nodes may reach through these hosts.'),
        ssh: z.boolean().default(false).describe("Tailscale's own SSH server answers in the tailnet."),
        sshOver: z
          .boolean()
          .default(false)
          .describe(
            'groundwork itself comes in by the tailnet, once a connection there was verified; the old way stays open.',
          ),
      })
      .optional()
      .describe('Every host joins this tailnet; left out: no Tailscale.'),
  })
  .describe("An organization's hosts, and what runs on them. Every key is explained in example.yaml.")

/** What an inventory says, with every default that does not depend on another key. */
export type Inventory = z.output<typeof inventorySchema>

function publicKeyFaultOrGenerated(line: string): string | undefined {
  return line === 'generated' ? undefined : publicKeyFault(line)
}
