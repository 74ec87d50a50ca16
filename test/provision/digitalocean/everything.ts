import { type SpacesStandIn, startSpaces } from '../../lab/digitalocean/spaces.ts'
import { type Own, own } from './own.ts'

export type Everything = Own & { readonly spaces: SpacesStandIn }

const ACCOUNT = `  project: Sprocket
  vpc: { range: 10.20.0.0/20 }
  dns: { zone: example.org, create: true }
  databases: [{ name: main, version: "15", size: db-s-1vcpu-2gb, region: nyc3, databases: [sprocket], users: [sprocket], trusted: [203.0.113.7/32] }]
  spaces: { region: nyc3, key: { env: SPACES_KEY }, buckets: [{ name: mle-backups }], keys: [KEYS] }
`
const key = (number: number) => `{ name: files-${number}, buckets: { mle-backups: read } }`
const host = (number: number) =>
  `{ name: mle-${number}, provider: digitalocean, region: nyc3, size: s-2vcpu-4gb, reservedIp: true, volumes: [{ name: data-${number}, sizeGiB: 50, at: /mnt/data }]${number === 1 ? ', role: manager, labels: { role: storage }' : ', role: worker'} }`
const some = (count: number, one: (number: number) => string, between: string) =>
  Array.from({ length: count }, (_, index) => one(index + 1)).join(between)

/** One organization that has one of everything there, with so many hosts and keys. */
export async function withEverything(count: number): Promise<Everything> {
  const spaces = await startSpaces()
  const one = await own(undefined, { DIGITALOCEAN_SPACES_URL: spaces.url, SPACES_KEY: spaces.key })
  one.at.account.secrets.push(spaces.key.split(':')[1] ?? '')
  one.write(ACCOUNT.replace('KEYS', some(count, key, ', ')), undefined, some(count, host, '\n  - '))
  return { ...one, spaces }
}
