import * as z from 'zod'
import { rangeFault, vpcRangeFault } from './addresses.ts'
import { judged, name, secretPlace, text } from './forms.ts'
import { stateFault } from './state-address.ts'

/** A domain in small letters, as zones and access.domain are written. */
export const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/

/** A region of DigitalOcean. */
export const region = () => text(/^[a-z]{3}\d{1,2}$/, 'a region of DigitalOcean, such as nyc3')

const sqlName = () => text(/^[a-z_][a-z0-9_-]{0,62}$/, 'small letters, digits, - and _, at most 63, a letter first')

const databaseSchema = z.strictObject({
  name: name('a name: small letters, digits and dashes, at most 24', 24).describe(
    'Cluster name; at DigitalOcean with the organization in front.',
  ),
  version: text(/^\d{2}$/, 'a major version of PostgreSQL in quotes, such as "16"')
    .meta({ examples: ['16'] })
    .describe('Major version of PostgreSQL; a newer one later is an upgrade.'),
  size: text(/^[a-z0-9]+(-[a-z0-9._]+)+$/, 'a size of a database node, such as db-s-1vcpu-1gb').describe(
    'Size of each node, such as db-s-1vcpu-1gb; never one with less disk later.',
  ),
  region: region().describe('Region; another one later is a move.'),
  nodes: z
    .number()
    .int('1, 2 or 3')
    .min(1, '1, 2 or 3')
    .max(3, '1, 2 or 3')
    .default(1)
    .describe('Standby nodes included.'),
  databases: z.array(sqlName()).default([]).describe('Databases in it, besides defaultdb.'),
  users: z.array(sqlName()).default([]).describe('Users, besides doadmin; DigitalOcean makes their passwords.'),
  trusted: z
    .array(judged(rangeFault))
    .default([])
    .describe("IPv4 ranges that may connect, besides the organization's droplets."),
})

const BUCKET = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/

const TTL = '30 to 86400 seconds'

/** What an organization has at DigitalOcean besides its droplets, as it is written in an inventory. */
export const digitalOceanSchema = z.strictObject({
  token: secretPlace().describe(
    'Where the API token is, never the token itself; of several places the first that has one: env, file, command.',
  ),
  way: z
    .enum(['api', 'pulumi'])
    .default('api')
    .describe("How it is made and changed: by plain calls of the provider's API, or by Pulumi, which keeps a state."),
  pulumi: z
    .strictObject({
      state: judged(stateFault).describe(
        'Where Pulumi keeps its state: a folder of this machine, or `s3://BUCKET/PREFIX?region=REGION`.',
      ),
      key: secretPlace()
        .optional()
        .describe(
          'Where the key of that bucket is, access key and secret key with a colon between. Left out: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
        ),
      passphrase: secretPlace().describe(
        'Where the passphrase is by which secrets in the state are encrypted, never the passphrase itself.',
      ),
    })
    .optional()
    .describe('Needed for the way pulumi.'),
  sshFrom: z
    .array(judged(rangeFault))
    .default([])
    .describe("Ranges that may reach SSH through the provider's firewall; none: everybody."),
  dns: z
    .strictObject({
      zone: text(DOMAIN, 'a domain in small letters, such as example.org').describe(
        'Zone at DigitalOcean in which access.domain stands.',
      ),
      create: z.boolean().default(false).describe('The zone is made where there is none.'),
      ttl: z
        .number()
        .int('a whole number of seconds')
        .min(30, TTL)
        .max(86400, TTL)
        .default(300)
        .describe('Seconds for which others may remember an address.'),
    })
    .optional()
    .describe("The names of the platform's routes lead to the hosts; left out: no names are made."),
  spaces: z
    .strictObject({
      region: region().describe('Region of the buckets.'),
      key: secretPlace()
        .optional()
        .describe(
          'Where the Spaces key is, access key and secret key with a colon between; of several places the first that has one: env, file, command. Left out: a run makes one through the API for the time it makes buckets.',
        ),
      buckets: z
        .array(
          z.strictObject({
            name: text(BUCKET, 'a bucket: small letters, digits and dashes, 3 to 63').describe(
              'Bucket name, which nobody else at DigitalOcean can have.',
            ),
            versioning: z
              .boolean()
              .default(true)
              .describe('What is overwritten or deleted stays as an older version; false: left as it is.'),
          }),
        )
        .min(1, 'names no bucket; at least one')
        .describe('Buckets; never deleted.'),
      keys: z
        .array(
          z.strictObject({
            name: name('a name: small letters, digits and dashes, at most 24', 24).describe(
              'Name by which platform.yaml means it (spacesKey).',
            ),
            buckets: z
              .record(z.string(), z.enum(['read', 'readwrite']))
              .describe('What it may do in each bucket: read or readwrite.'),
            version: z
              .number()
              .int('a whole number')
              .min(1, '1 to 999')
              .max(999, '1 to 999')
              .default(1)
              .describe('A higher one is a new key: services move over, and the old one is deleted.'),
          }),
        )
        .default([])
        .describe("Keys for the platform's services, made through the API."),
    })
    .optional()
    .describe('Object storage; left out: none.'),
  databases: z.array(databaseSchema).default([]).describe('Managed PostgreSQL.'),
  project: text(/^\S(.{0,173}\S)?$/, 'a name of at most 175 characters')
    .optional()
    .describe('Project in which everything is shown; made if it is not there.'),
  vpc: z
    .strictObject({
      range: judged(vpcRangeFault)
        .optional()
        .describe('Private range of it, /16 to /28; without it the provider chooses one.'),
    })
    .optional()
    .describe("A private network of the organization in each region of its hosts; left out: the region's default."),
})
