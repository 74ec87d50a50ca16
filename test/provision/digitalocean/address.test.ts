import { expect, test } from 'vitest'
import { Secret } from '../../../src/engine/secret.ts'
import type { Org } from '../../../src/inventory/org.ts'
import { type OfCluster, ofCluster } from '../../../src/provision/digitalocean/databases/address.ts'
import type { ClusterNow } from '../../../src/provision/digitalocean/databases/database-lists.ts'
import { elsewhere } from '../../../src/provision/digitalocean/databases/elsewhere.ts'
import type { Objects } from '../../../src/provision/digitalocean/lists.ts'
import { NOTHING, org as read } from '../pulumi/own.ts'

const cluster = {
  id: 'db-id',
  name: 'mle-main',
  status: 'online',
  tags: ['groundwork:mle'],
  users: ['doadmin', 'sprocket'],
  passwords: new Map([['sprocket', new Secret('p@ss:w/rd%')]]),
  connection: { host: 'main.example.net', port: 25060 },
  private_connection: { host: 'private-main.example.net', port: 25061 },
  private_network_uuid: 'inside',
} as unknown as ClusterNow

const droplets = (...networks: readonly (string | undefined)[]) =>
  networks.map((vpc_uuid, index) => ({ id: index, tags: [`groundwork:mle:mle-${index + 1}`], vpc_uuid }))

const objectsOf = (over: Partial<ClusterNow>, vpcs: readonly (string | undefined)[]) =>
  ({ ...NOTHING, clusters: [{ ...cluster, ...over }], droplets: droplets(...vpcs) }) as unknown as Objects

const told = (wanted: OfCluster, over: Partial<ClusterNow> = {}, vpcs = ['inside', 'inside'], org: Org = read) => {
  return ofCluster(org, objectsOf(over, vpcs), wanted)?.reveal()
}
const host = { cluster: 'main', as: 'host' } as const
const url = { cluster: 'main', user: 'sprocket', database: 'sprocket', as: 'url' } as const

test('the private address where every host is in its network', () => {
  expect(told(host)).toBe('private-main.example.net')
  expect(told({ cluster: 'main', as: 'port' })).toBe('25061')
})

test.each<readonly [string, Partial<ClusterNow>, string[], Org | undefined]>([
  ['one droplet is in another network', {}, ['inside', 'outside'], undefined],
  ['one droplet is not there', {}, ['inside'], undefined],
  ['the token may not see the network', { private_network_uuid: undefined }, ['inside', 'inside'], undefined],
  ['the provider tells no private one', { private_connection: undefined }, ['inside', 'inside'], undefined],
  [
    'a host is no droplet',
    {},
    ['inside', 'inside'],
    { ...read, hosts: [...read.hosts, { ...read.hosts[0], name: 'mle-3', droplet: undefined }] as Org['hosts'] },
  ],
])('the public one where %s', (_, over, vpcs, org) => {
  expect(told(host, over, vpcs, org)).toBe('main.example.net')
})

test('a cluster in another network than the droplets of its region is told, with what moves it', () => {
  const words = (over: Partial<ClusterNow>, ...vpcs: (string | undefined)[]) =>
    elsewhere(read, objectsOf({ region: 'nyc3', ...over }, vpcs))
  expect(words({}, 'inside', 'other')).toEqual([
    'the database cluster main is in another private network than mle-2, and is reached by its public address. To have it in that one: doctl databases migrate db-id --region nyc3 --private-network-uuid other',
  ])
  expect(words({}, 'inside', 'inside')).toEqual([])
  // Not there yet, not to be seen by this token, and in a region where no droplet is.
  expect(words({}, 'inside')).toEqual([])
  expect(words({ private_network_uuid: undefined }, 'other')).toEqual([])
  expect(words({ region: 'fra1' }, 'other')).toEqual([])
})

test('an address for libpq, by TLS, whatever the password holds', () => {
  const text = told(url) ?? ''
  expect(text).toBe('postgresql://sprocket:p%40ss%3Aw%2Frd%25@private-main.example.net:25061/sprocket?sslmode=require')
  expect(decodeURIComponent(new URL(text).password)).toBe('p@ss:w/rd%')
})

test('nothing of a cluster or a user that is not there yet', () => {
  for (const over of [
    { name: 'mle-other' },
    { status: 'creating' },
    { connection: undefined, private_connection: null },
  ])
    expect(told(host, over)).toBeUndefined()
  expect(told({ ...url, user: 'ana' })).toBeUndefined()
})

test('a password that the token may not see is told with the scope', () => {
  expect(() => told(url, { passwords: new Map() })).toThrow('may not see passwords')
})
