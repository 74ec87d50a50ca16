import { list, type Mark, record } from './mark.ts'
import { repeated } from './repeated.ts'

/** Whoever makes droplets says where the token is; their tags do not look like those by which hosts are found. */
export function checkDigitalOcean(value: unknown): readonly Mark[] {
  const root = record(value)
  const hosts = list(root.hosts).map(record)
  const droplet = hosts.find(({ provider }) => provider === 'digitalocean')
  const { token, way, pulumi } = record(root.digitalocean)
  const { passphrase, key } = record(pulumi)
  return [
    ...(droplet && !('digitalocean' in root)
      ? [
          {
            path: ['digitalocean'],
            message: `is missing, and ${droplet.name} is made there; write: digitalocean: { token: { env: DIGITALOCEAN_TOKEN } }`,
            missing: true,
          },
        ]
      : []),
    ...emptyPlace(token, 'token'),
    ...(way === 'pulumi' && pulumi === undefined
      ? [
          {
            path: ['digitalocean', 'pulumi'],
            message:
              'is missing, and the way is pulumi; write: pulumi: { state: ./pulumi, passphrase: { env: PULUMI_PASSPHRASE } }',
            missing: true,
          },
        ]
      : []),
    ...emptyPlace(passphrase, 'pulumi', 'passphrase'),
    ...emptyPlace(key, 'pulumi', 'key'),
    ...hosts.flatMap(({ tags }, host) => tagMarks(list(tags), (index) => ['hosts', host, 'tags', index])),
  ]
}

const emptyPlace = (place: unknown, ...path: readonly string[]): readonly Mark[] =>
  typeof place === 'object' && place !== null && !Object.keys(place).length
    ? [{ path: ['digitalocean', ...path], message: 'is empty; write where it is: env, file or command' }]
    : []

// The provider makes no difference between small letters and capitals.
function tagMarks(tags: readonly unknown[], path: (index: number) => readonly PropertyKey[]): readonly Mark[] {
  const names = tags.map((tag) => (typeof tag === 'string' ? tag.toLowerCase() : undefined))
  return [
    ...repeated(names, path, (tag) => `is ${tag} a second time; take it out`),
    ...names.flatMap((name, index) =>
      name?.startsWith('groundwork')
        ? [{ path: path(index), message: `is ${name}; tags that begin with groundwork are groundwork's own` }]
        : [],
    ),
  ]
}
