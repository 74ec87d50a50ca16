import { base } from './base.ts'
import { type Broken, one } from './entry.ts'

const whole = `${base.replace('profile: lan', 'profile: public')}digitalocean:
  token: { env: TOKEN }
  dns: { zone: example.org }
  databases:
    - { name: main, version: "16", size: db-s-1vcpu-1gb, region: nyc3, databases: [sprocket], users: [ana], trusted: [203.0.113.0/24] }
  spaces: { region: nyc3, key: { env: SPACES_KEY }, buckets: [{ name: mle-backups }] }
`

const broken = (
  name: string,
  patch: readonly [string, string],
  at: string,
  path: string,
  says: string,
  remedy?: Broken['remedy'],
) => one(name, patch, at, path, says, remedy, whole)

const withKeys = whole.replace(
  '[{ name: mle-backups }] }',
  '[{ name: mle-backups }], keys: [{ name: files, version: 2, buckets: { mle-backups: readwrite } }, { name: assets, buckets: { mle-backups: read } }] }',
)

const ofKeys = (name: string, patch: readonly [string, string], at: string, path: string, says: string) =>
  one(name, patch, at, `digitalocean.spaces.${path}`, says, undefined, withKeys)

/** Names and databases at DigitalOcean. */
export const ofDigitalOcean: readonly Broken[] = [
  broken(
    'names of a platform that is not public',
    ['profile: public', 'profile: lan'],
    '44:3',
    'digitalocean.dns',
    'profile: public',
  ),
  broken('names without a domain', [', domain: demo.example.org', ''], '44:3', 'digitalocean.dns', 'access.domain', [
    'profile: public',
    'profile: public, domain: demo.example.org',
  ]),
  broken(
    'a zone of another domain',
    ['zone: example.org', 'zone: ample.org'],
    '44:16',
    'digitalocean.dns.zone',
    'is not',
  ),
  broken(
    'a zone that is none',
    ['zone: example.org', 'zone: .org'],
    '44:16',
    'digitalocean.dns.zone',
    'such as example.org',
  ),
  broken(
    'a version that is a number',
    ['"16"', '16'],
    '46:30',
    'digitalocean.databases[0].version',
    'in quotes, as "16"',
  ),
  broken('a minor version', ['"16"', '"16.4"'], '46:30', 'digitalocean.databases[0].version', 'a major version'),
  broken(
    'a size of a droplet',
    ['db-s-1vcpu-1gb', 'large'],
    '46:42',
    'digitalocean.databases[0].size',
    'db-s-1vcpu-1gb',
  ),
  broken(
    'four nodes',
    ['region: nyc3', 'region: nyc3, nodes: 4'],
    '46:79',
    'digitalocean.databases[0].nodes',
    '1, 2 or 3',
  ),
  broken(
    'a cluster with the name of a host',
    ['name: main', 'name: mle-1'],
    '46:15',
    'digitalocean.databases[0].name',
    'a host',
  ),
  broken(
    'a database of the provider',
    ['[sprocket]', '[defaultdb]'],
    '46:84',
    'digitalocean.databases[0].databases[0]',
    'makes itself',
  ),
  broken(
    'a user of the provider',
    ['users: [ana]', 'users: [doadmin]'],
    '46:103',
    'digitalocean.databases[0].users[0]',
    'makes itself',
  ),
  broken(
    'a user twice',
    ['users: [ana]', 'users: [ana, ana]'],
    '46:108',
    'digitalocean.databases[0].users[1]',
    'a second time',
  ),
  broken(
    'a trusted IPv6 range',
    ['203.0.113.0/24', '2001:db8::/48'],
    '46:119',
    'digitalocean.databases[0].trusted[0]',
    'IPv4 only',
  ),
  broken(
    'a bucket that is none',
    ['mle-backups', 'MLE_backups'],
    '47:71',
    'digitalocean.spaces.buckets[0].name',
    'small letters, digits and dashes',
  ),
  broken(
    'a bucket twice',
    ['[{ name: mle-backups }]', '[{ name: mle-backups }, { name: mle-backups }]'],
    '47:94',
    'digitalocean.spaces.buckets[1].name',
    'a second time',
  ),
  broken(
    'a Spaces key from nowhere',
    ['{ env: SPACES_KEY }', '{}'],
    '47:32',
    'digitalocean.spaces.key',
    'env, file or command',
  ),
  ...(
    [
      ['a state nowhere', 'ftp://state', 'or s3://BUCKET?region=REGION'],
      ['a state in a bucket of no region', 's3://mle-state/team', '?region=REGION'],
      ['a state by a profile', 's3://mle-state?region=nyc3&profile=mle', 'profile is not taken; there are region'],
      ['a state with a word of its own', 's3://mle-state?region=nyc3&disableSSL=true', 'disableSSL is not taken'],
      ['a state behind an address', 's3://mle-state?region=x&endpoint=https://s3.example.org/a', "a host's name"],
      ['a state in clear', 's3://mle-state?region=x&endpoint=http://s3.example.org', 'by https'],
      ['a state in an odd folder', 's3://mle-state/a%2Fb?region=x', 'a prefix of letters'],
    ] as const
  ).map(([name, state, says]) =>
    broken(
      name,
      ['  dns:', `  way: pulumi\n  pulumi: { state: "${state}", passphrase: { env: PASSPHRASE } }\n  dns:`],
      '45:20',
      'digitalocean.pulumi.state',
      says,
    ),
  ),
  broken(
    'a state whose key is nowhere',
    ['  dns:', '  way: pulumi\n  pulumi: { state: ./state, key: {}, passphrase: { env: PASSPHRASE } }\n  dns:'],
    '45:34',
    'digitalocean.pulumi.key',
    'env, file or command',
  ),
  ofKeys('two keys of one name', ['name: assets', 'name: files'], '47:168', 'keys[1].name', 'a second time'),
  ofKeys(
    'a key for a bucket that is not there',
    ['{ mle-backups: read }', '{ mle-backup: read }'],
    '47:187',
    'keys[1].buckets.mle-backup',
    'is no bucket of digitalocean.spaces.buckets (did you mean mle-backups?)',
  ),
  ofKeys('a key for no bucket', ['{ mle-backups: read }', '{}'], '47:185', 'keys[1].buckets', 'at least one'),
  ofKeys(
    'a key that may do everything',
    ['mle-backups: read }', 'mle-backups: fullaccess }'],
    '47:200',
    'keys[1].buckets.mle-backups',
    'read or readwrite',
  ),
  ofKeys(
    'a key of a list of buckets',
    ['{ mle-backups: read }', '[mle-backups]'],
    '47:185',
    'keys[1].buckets',
    'a map',
  ),
  ofKeys('a version of nothing', ['version: 2', 'version: 0'], '47:118', 'keys[0].version', '1 to 999'),
]
