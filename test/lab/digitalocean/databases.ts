import { randomBytes, randomUUID } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { listed, type Made, now, shown } from './account.ts'
import { type Body, bodies, type Call, gone, type Reply, route, text, texts } from './call.ts'
import { regionSlugs } from './catalogue.ts'
import { invalid, notFound, Refused } from './refused.ts'
import { existingTags, tagged, tagsFor } from './tags.ts'
import { vpcFor } from './vpcs.ts'

/** A database cluster. */
export interface Cluster extends Made {
  readonly id: string
  readonly name: string
  readonly engine: string
  readonly tags: readonly string[]
  readonly created_at: string
  /** Of its private network. */
  readonly vpc: string
  version: string
  size: string
  num_nodes: number
  region: string
  status: 'creating' | 'online' | 'resizing' | 'migrating'
  rules: readonly Body[]
  readonly databases: Set<string>
  /** Password by name. */
  readonly users: Map<string, string>
}

/** Sizes with the disk that each has, in GiB: none is made smaller. */
const disks: Readonly<Record<string, number>> = {
  'db-s-1vcpu-1gb': 10,
  'db-s-1vcpu-2gb': 30,
  'db-s-2vcpu-4gb': 60,
  'db-s-4vcpu-8gb': 140,
}
const versions = ['14', '15', '16', '17']

export const databaseRoutes = [
  // This list has no pages.
  route('GET', '/v2/databases', 'database:read', (call) => {
    const all = tagged(listed(call.account, call.account.clusters.values()), call.query.get('tag_name'))
    return { status: 200, body: { databases: all.map((one) => view(call, one)) } }
  }),
  route('GET', '/v2/databases/options', 'database:read', () => ({
    status: 200,
    body: {
      options: {
        pg: {
          regions: regionSlugs,
          versions,
          layouts: [1, 2, 3].map((num_nodes) => ({
            num_nodes,
            sizes: Object.keys(disks).slice(num_nodes > 1 ? 1 : 0),
          })),
        },
      },
    },
  })),
  route('POST', '/v2/databases', 'database:create', (call) => ({
    status: 201,
    body: { database: view(call, made(call)) },
  })),
  route('GET', '/v2/databases/:id', 'database:read', (call) => ({
    status: 200,
    body: { database: view(call, known(call)) },
  })),
  route('DELETE', '/v2/databases/:id', 'database:delete', (call) => {
    call.account.clusters.delete(known(call).id)
    return gone
  }),
  route('PUT', '/v2/databases/:id/resize', 'database:update', (call) => {
    const cluster = online(call)
    const size = text(call.body, 'size')
    const nodes = Number(call.body.num_nodes)
    mustBeOffered(size, nodes)
    if ((disks[size] ?? 0) < (disks[cluster.size] ?? 0)) throw invalid('cannot resize to a plan with less disk')
    return changing(call, cluster, 'resizing', () => Object.assign(cluster, { size, num_nodes: nodes }))
  }),
  route('PUT', '/v2/databases/:id/migrate', 'database:update', (call) => {
    const cluster = online(call)
    const region = text(call.body, 'region')
    if (!regionSlugs.includes(region)) throw invalid('invalid region')
    return changing(call, cluster, 'migrating', () => Object.assign(cluster, { region }))
  }),
  route('PUT', '/v2/databases/:id/upgrade', 'database:update', (call) => {
    const cluster = online(call)
    const version = text(call.body, 'version')
    if (!versions.includes(version) || Number(version) <= Number(cluster.version))
      throw invalid('invalid target version')
    cluster.version = version
    return gone
  }),
  route('GET', '/v2/databases/:id/firewall', 'database:read', (call) => ({
    status: 200,
    body: { rules: online(call).rules },
  })),
  route('PUT', '/v2/databases/:id/firewall', 'database:update', (call) => {
    const cluster = online(call)
    cluster.rules = rulesIn(call, cluster.id)
    return gone
  }),
  route('GET', '/v2/databases/:id/dbs', 'database:read', (call) => ({
    status: 200,
    body: { dbs: [...online(call).databases].map((name) => ({ name })) },
  })),
  route('POST', '/v2/databases/:id/dbs', 'database:create', (call) => {
    const { databases } = online(call)
    const name = text(call.body, 'name')
    if (databases.has(name)) throw new Refused(422, 'unprocessable_entity', 'database name is already in use')
    databases.add(name)
    return { status: 201, body: { db: { name } } }
  }),
  route('GET', '/v2/databases/:id/dbs/:name', 'database:read', (call) => {
    const name = decodeURIComponent(call.params.name ?? '')
    if (!online(call).databases.has(name)) throw notFound()
    return { status: 200, body: { db: { name } } }
  }),
  route('GET', '/v2/databases/:id/users', 'database:read', (call) => ({
    status: 200,
    body: { users: [...online(call).users].map((user) => userView(call, user)) },
  })),
  route('GET', '/v2/databases/:id/users/:name', 'database:read', (call) => {
    const name = decodeURIComponent(call.params.name ?? '')
    const secret = online(call).users.get(name)
    if (secret === undefined) throw notFound()
    return { status: 200, body: { user: userView(call, [name, secret]) } }
  }),
  route('POST', '/v2/databases/:id/users', 'database:create', (call) => {
    const { users } = online(call)
    const name = text(call.body, 'name')
    if (users.has(name)) throw new Refused(422, 'unprocessable_entity', 'user name is already in use')
    users.set(name, password(call))
    return { status: 201, body: { user: userView(call, [name, users.get(name) ?? '']) } }
  }),
  route('POST', '/v2/databases/:id/users/:name/reset_auth', 'database:update', (call) => {
    const { users } = online(call)
    const name = decodeURIComponent(call.params.name ?? '')
    if (!users.has(name)) throw notFound()
    users.set(name, password(call))
    return { status: 200, body: { user: userView(call, [name, users.get(name) ?? '']) } }
  }),
]

function made(call: Call): Cluster {
  const { account, body } = call
  const [name, region, size] = ['name', 'region', 'size'].map((key) => text(body, key)) as [string, string, string]
  const version = String(body.version ?? versions.at(-1))
  if (!/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) throw invalid('invalid cluster name')
  if ([...account.clusters.values()].some((one) => one.name === name)) throw invalid('cluster name is not available')
  if (text(body, 'engine') !== 'pg') throw invalid('invalid cluster engine')
  if (!versions.includes(version)) throw invalid('invalid cluster engine version')
  if (!regionSlugs.includes(region)) throw invalid('invalid region')
  mustBeOffered(size, Number(body.num_nodes))
  const id = randomUUID()
  const cluster: Cluster = {
    id,
    name,
    engine: 'pg',
    version,
    region,
    size,
    num_nodes: Number(body.num_nodes),
    tags: tagsFor(call, texts(body, 'tags')),
    created_at: now(),
    madeAt: Date.now(),
    vpc: vpcFor(account, region, body.private_network_uuid),
    status: 'creating',
    rules: rulesIn(call, id),
    databases: new Set(['defaultdb']),
    users: new Map([['doadmin', password(call)]]),
  }
  account.clusters.set(id, cluster)
  changing(call, cluster, 'creating', () => undefined)
  return cluster
}

function changing({ account }: Call, cluster: Cluster, status: Cluster['status'], effect: () => void): Reply {
  cluster.status = status
  setTimeout(() => {
    effect()
    cluster.status = 'online'
  }, account.actionSeconds * 1000).unref()
  return { status: 202 }
}

function mustBeOffered(size: string, nodes: number): void {
  if (disks[size] === undefined || (nodes > 1 && size === 'db-s-1vcpu-1gb')) throw invalid('invalid size')
  if (![1, 2, 3].includes(nodes)) throw invalid('invalid number of nodes')
}

function rulesIn(call: Call, cluster: string): readonly Body[] {
  const rules = bodies(call.body, 'rules')
  if (rules.length > 100) throw invalid('too many rules')
  return rules.map((rule) => {
    const [type, value] = [text(rule, 'type'), text(rule, 'value')]
    if (!['droplet', 'k8s', 'ip_addr', 'tag', 'app'].includes(type)) throw invalid('invalid rule type')
    if (type === 'ip_addr' && !isIPv4(value.replace(/\/\d+$/, ''))) throw invalid('invalid IPv4 address')
    if (type === 'tag') existingTags(call, [value])
    return { uuid: randomUUID(), cluster_uuid: cluster, type, value, created_at: now() }
  })
}

function password({ account }: Call): string {
  const one = `AVNS_${randomBytes(9).toString('base64url')}`
  account.secrets.push(one)
  return one
}

function known(call: Call): Cluster {
  const cluster = call.account.clusters.get(call.params.id ?? '')
  if (!cluster || !shown(call.account, cluster)) throw notFound()
  return cluster
}

function online(call: Call): Cluster {
  const cluster = known(call)
  if (cluster.status === 'creating') throw new Refused(412, 'precondition_failed', 'cluster is being created')
  return cluster
}

// Passwords are shown to those only who may see them.
const userView = (call: Call, [name, secret]: readonly [string, string]) => ({
  name,
  role: name === 'doadmin' ? 'primary' : 'normal',
  ...(call.may('database:view_credentials') && { password: secret }),
})

const view = (call: Call, { madeAt: _, databases, users, rules: __, tags, vpc, ...cluster }: Cluster) => ({
  ...cluster,
  tags: call.may('tag:read') ? tags : [],
  ...(call.may('vpc:read') && { private_network_uuid: vpc }),
  db_names: [...databases],
  users: [...users].map((user) => userView(call, user)),
  connection: connection(call, cluster.name, users, ''),
  private_connection: connection(call, cluster.name, users, 'private-'),
})

function connection(call: Call, name: string, users: ReadonlyMap<string, string>, prefix: string) {
  const host = `${prefix}${name}-do-user-1-0.db.ondigitalocean.com`
  const secret = users.get('doadmin')
  return {
    host,
    port: 25060,
    database: 'defaultdb',
    ssl: true,
    ...(call.may('database:view_credentials') && {
      user: 'doadmin',
      password: secret,
      uri: `postgresql://doadmin:${secret}@${host}:25060/defaultdb?sslmode=require`,
    }),
  }
}
