import { describe, expect, test } from 'vitest'
import type { Cluster } from '../../lab/digitalocean/databases.ts'
import type { Trouble } from '../../lab/digitalocean/trouble.ts'
import { type Own, own } from './own.ts'

const DATABASES = `  databases:
    - name: main
      version: "15"
      size: db-s-1vcpu-2gb
      region: nyc3
      databases: [sprocket, grafana]
      users: [sprocket]
      trusted: [203.0.113.7/32, 198.51.100.0/24]
`

async function wanting(databases = DATABASES): Promise<Own> {
  const one = await own()
  one.write(databases)
  return one
}

const main = ({ at }: Own): Cluster => {
  const found = [...at.account.clusters.values()].find(({ name }) => name === 'mle-main')
  if (!found) throw new Error('there is none')
  return found
}
const shown = (one: Own) => {
  const { databases, users, rules, version, size, region, num_nodes, status } = main(one)
  return {
    is: `${version} ${size} ${region} ${num_nodes} ${status}`,
    databases: [...databases].sort(),
    users: [...users.keys()].sort(),
    rules: rules.map(({ type, value }) => `${type} ${value}`).sort(),
  }
}
const WANTED = {
  is: '15 db-s-1vcpu-2gb nyc3 1 online',
  databases: ['defaultdb', 'grafana', 'sprocket'],
  users: ['doadmin', 'sprocket'],
  rules: ['ip_addr 198.51.100.0/24', 'ip_addr 203.0.113.7', 'tag groundwork:mle'],
}

describe.concurrent('managed Postgres', { timeout: 180_000 }, () => {
  test('is made, closed from its first moment on; the next run asks one list, and three things of each cluster', async () => {
    const one = await wanting()
    const plan = await one.run('--plan')
    expect(plan.exit, plan.out + plan.err).toBe(2)
    for (const words of ['database cluster main', 'database grafana in main', 'database user sprocket in main'])
      expect(plan.out).toContain(words)
    expect(one.writes()).toEqual([])
    await one.done()
    expect(shown(one)).toEqual(WANTED)
    // Its trusted sources came with it: there was no moment in which everybody could connect.
    expect(one.writes().filter((call) => call.includes('firewall') && call.includes('databases'))).toEqual([])
    expect(one.at.secrets).toHaveLength(2)
    await one.done()
    expect(one.writes()).toEqual([])
    const { id } = main(one)
    expect(one.at.calls.filter((call) => call.includes('databases')).sort()).toEqual([
      'GET /v2/databases',
      ...['dbs', 'firewall', 'users'].map((what) => `GET /v2/databases/${id}/${what}`),
    ])
  })

  test('what was changed behind our back is seen and mended', async () => {
    const one = await wanting()
    await one.done()
    const cluster = main(one)
    cluster.rules = [...cluster.rules.slice(1), { type: 'ip_addr', value: '0.0.0.0/0' }]
    cluster.databases.delete('grafana')
    cluster.users.delete('sprocket')
    const plan = await one.run('--plan')
    expect(plan.exit, plan.out).toBe(2)
    for (const words of ['0.0.0.0/0', 'database grafana in main', 'database user sprocket in main'])
      expect(plan.out).toContain(words)
    await one.done()
    expect(shown(one)).toEqual(WANTED)
    await one.done()
    expect(one.writes()).toEqual([])
  })

  test('a larger size, a standby, a newer version and another region are no other cluster, and are said to interrupt', async () => {
    const one = await wanting()
    await one.done()
    const { id } = main(one)
    one.write(
      DATABASES.replace('"15"', '"16"')
        .replace('1vcpu-2gb', '2vcpu-4gb')
        .replace('region: nyc3', 'region: fra1\n      nodes: 2'),
    )
    const plan = await one.run('--plan')
    expect(plan.exit, plan.out + plan.err).toBe(2)
    expect(plan.out).toContain('connections to the database main break')
    await one.done()
    expect(shown(one)).toEqual({ ...WANTED, is: '16 db-s-2vcpu-4gb fra1 2 online' })
    expect(main(one).id).toBe(id)
    await one.done()
    expect(one.writes()).toEqual([])
  })

  test('an older version is another cluster: it stops, is named, and is made only where the flag says so', async () => {
    const one = await wanting()
    await one.done()
    const { id } = main(one)
    one.write(DATABASES.replace('"15"', '"14"'))
    expect((await one.run('--plan')).out).toContain('--allow-replace main')
    const came = await one.run()
    expect(came.exit).toBe(1)
    for (const words of ['main would be replaced', 'everything in the database main', '--allow-replace main'])
      expect(came.out + came.err).toContain(words)
    expect(one.writes()).toEqual([])
    expect((await one.run('--allow-replace', 'other')).exit).toBe(64)
    await one.done('--allow-replace', 'main')
    expect(shown(one)).toEqual({ ...WANTED, is: WANTED.is.replace('15', '14') })
    expect(main(one).id).not.toBe(id)
  })

  test('a size with less disk is refused there, and what is offered is told', async () => {
    const one = await wanting()
    await one.done()
    one.write(DATABASES.replace('1vcpu-2gb', '1vcpu-1gb'))
    const came = await one.run()
    expect(came.exit).toBe(1)
    for (const words of ['cannot resize to a plan with less disk', 'never one with less disk', 'db-s-4vcpu-8gb'])
      expect(came.out + came.err).toContain(words)
    expect(shown(one)).toEqual(WANTED)
  })

  test('what left the inventory is told, and stays', async () => {
    const one = await wanting()
    await one.done()
    const { id } = main(one)
    one.write(DATABASES.replace('[sprocket, grafana]', '[sprocket]').replace('users: [sprocket]', 'users: []'))
    const came = await one.done()
    expect(came.out).toContain('The database grafana in main is not in the inventory: it stays')
    expect(came.out).toContain('The user sprocket of the database main is not in the inventory: it stays')
    expect(one.writes()).toEqual([])
    expect(shown(one)).toEqual(WANTED)
    // Another name is another cluster, beside this one.
    one.write(DATABASES.replace('name: main', 'name: new'))
    expect((await one.done()).out).toContain('The database cluster mle-main has the tag of mle')
    expect([...one.at.account.clusters.values()].map(({ name }) => name).sort()).toEqual(['mle-main', 'mle-new'])
    expect(main(one).id).toBe(id)
  })

  test.each<readonly [string, Trouble]>([
    ['the answer is lost', 'cut after'],
    ['it says 503', { status: 503 }],
  ])('where %s whenever something is made, one run comes to exactly what is wanted', async (_, trouble) => {
    const one = await wanting()
    const seen = new Set<string>()
    one.at.trouble = (call) => {
      if (!/^POST \/v2\/databases[^ ]*$/.test(call) || seen.has(call)) return undefined
      seen.add(call)
      return trouble
    }
    await one.done()
    expect(seen.size).toBe(3)
    expect(shown(one)).toEqual(WANTED)
    expect(one.at.account.clusters.size).toBe(1)
  })

  test('hosts that are no droplets may have one as well', async () => {
    const one = await own()
    one.write(
      DATABASES,
      'access: {}\n',
      '{ name: mle-1, provider: existing, address: 203.0.113.9, labels: { role: storage } }',
    )
    await one.done()
    expect(shown(one)).toEqual(WANTED)
    expect(one.at.account.droplets.size).toBe(0)
  })

  test('a token that may not read databases is told before anything is made', async () => {
    const one = await wanting()
    one.at.scopes = ['droplet:read', 'droplet:create', 'firewall:read', 'ssh_key:read', 'tag:read', 'database:create']
    const came = await one.run()
    expect(came.exit).toBe(1)
    expect(came.out + came.err).toContain('GET /v2/databases')
    expect(one.writes()).toEqual([])
  })
})
