import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { givenSecrets } from '../../src/stacks/given.ts'
import { readPlatform } from '../../src/stacks/platform.ts'
import { wholeTest } from '../faults/chance.ts'
import { type StandIn, startDigitalOcean } from '../lab/digitalocean/server.ts'
import { type SpacesStandIn, startSpaces } from '../lab/digitalocean/spaces.ts'
import { type Sandbox, sandbox } from '../lab/sandbox.ts'

// A service on a real host reads what a stand-in of the provider has made for it. Two minutes for the host; from-nothing.test.ts
// has the first of these in every run.
vi.setConfig({ testTimeout: 600_000 })

const inventory = (version = 1) => `
organization: given
contact: ops@example.org
platform: ./given
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: one, provider: sandbox }]
digitalocean:
  token: { env: DO_TOKEN }
  databases: [{ name: main, version: "15", size: db-s-1vcpu-2gb, region: nyc3, databases: [sprocket], users: [sprocket] }]
  spaces:
    region: nyc3
    buckets: [{ name: given-files }]
    keys: [{ name: files, buckets: { given-files: readwrite }, version: ${version} }]
`

let at: StandIn
let spaces: SpacesStandIn
let host: Sandbox
beforeAll(async () => {
  at = await startDigitalOcean()
  spaces = await startSpaces()
  spaces.account = at.account
  host = sandbox('given', inventory(), {
    DIGITALOCEAN_API_URL: at.url,
    DIGITALOCEAN_SPACES_URL: spaces.url,
    DO_TOKEN: at.token,
  })
  cpSync(join(import.meta.dirname, 'given'), join(host.state, 'given'), { recursive: true })
})
afterAll(async () => {
  await host?.down()
  spaces?.close()
  at?.close()
})

const run = async (...words: string[]) => {
  at.calls.length = 0
  const came = await host.run(...words)
  for (const secret of at.secrets) expect(came.out + came.err).not.toContain(secret)
  return came
}
const done = async () => {
  const came = await run()
  expect(came.exit, came.out + came.err).toBe(0)
  return came
}
const inSync = async () => {
  const { out } = await done()
  expect(out).toContain('in sync')
  expect(at.calls.filter((call) => !call.startsWith('GET '))).toEqual([])
}
const read = (secret: string) =>
  host.sh('one', `docker exec "$(docker ps --quiet --filter name=apps_reader)" cat /run/secrets/${secret}`)
const cluster = () => {
  const [one] = at.account.clusters.values()
  if (!one) throw new Error('there is no cluster')
  return one
}
/** The one key that is there. */
const key = () => {
  const [one, ...more] = at.account.spacesKeys.values()
  if (!one || more.length) throw new Error(`${at.account.spacesKeys.size} keys`)
  return one
}
const keptFile = () => join(host.state, 'groundwork', 'given', 'spaces-keys')
const onManager = () =>
  host.sh('one', 'cat /var/lib/groundwork/spaces-keys; stat -c "%a %U" /var/lib/groundwork/spaces-keys')
/** The service has this key, manager and operator keep it, and it is the only one that is left. */
const isInUse = async () => {
  const { access_key: id, secret } = key()
  expect([await read('files-id'), await read('files-secret')]).toEqual([id, secret])
  expect(await read('files-credentials')).toContain(`aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`)
  const kept = [{ id, name: 'files', secret }]
  expect(await onManager()).toBe(`${JSON.stringify(kept)}\n600 root\n`)
  expect(JSON.parse(readFileSync(keptFile(), 'utf8'))).toEqual({ keys: kept, begun: [] })
  expect(statSync(keptFile()).mode & 0o777).toBe(0o600)
}

test('the platform of these tests takes every form of what is given', () => {
  const sources = [...givenSecrets(readPlatform('given', import.meta.dirname)).values()]
  expect(sources.map(({ as }) => as)).toEqual(['host', 'port', 'password', 'url', 'id', 'secret', 'credentials'])
})

wholeTest('a service reads the address and the password of its database, and its key for Spaces', async () => {
  await done()
  const password = cluster().users.get('sprocket') ?? ''
  const address = 'given-main-do-user-1-0.db.ondigitalocean.com'
  expect([await read('database-host'), await read('database-port')]).toEqual([address, '25060'])
  expect(await read('database-password')).toBe(password)
  expect(await read('database-url')).toBe(`postgresql://sprocket:${password}@${address}:25060/sprocket?sslmode=require`)
  await isInUse()
  await inSync()
})

wholeTest(
  'a password that was reset, and a key that was deleted, go there in one run, and nothing old is left',
  async () => {
    const before = key().access_key
    cluster().users.set('sprocket', 'AVNS_another')
    at.account.spacesKeys.clear()
    const plan = await run('--plan')
    expect(plan.exit, plan.out + plan.err).toBe(2)
    await done()
    expect(await read('database-password')).toBe('AVNS_another')
    expect(key().access_key).not.toBe(before)
    await isInUse()
    expect((await host.sh('one', 'docker secret ls --quiet')).trim().split('\n')).toHaveLength(8)
    await inSync()
  },
)

wholeTest('a higher version: the old key is deleted when the service has the new one, and not before', async () => {
  const before = key().access_key
  host.write(inventory(2))
  const deleted = () => at.calls.filter((call) => call.startsWith('DELETE '))
  // While the service cannot come up, the old one stays.
  await host.sh('one', 'docker node update --availability drain one >/dev/null')
  const failed = await run()
  expect(failed.exit).not.toBe(0)
  expect([deleted(), at.account.spacesKeys.size]).toEqual([[], 2])
  await host.sh('one', 'docker node update --availability active one >/dev/null')
  await done()
  expect(deleted()).toEqual([`DELETE /v2/spaces/keys/${before}`])
  expect(key().name).toContain('-files-v2-')
  await isInUse()
  await inSync()
})

wholeTest('another operator takes the secret from the first manager, and a new manager from the operator', async () => {
  const { access_key: id } = key()
  rmSync(keptFile())
  const plan = await run('--plan')
  expect(plan.exit, plan.out + plan.err).toBe(0)
  expect(existsSync(keptFile())).toBe(false)
  await done()
  expect(key().access_key).toBe(id)
  await isInUse()
  await host.sh('one', 'rm /var/lib/groundwork/spaces-keys')
  await done()
  await isInUse()
})

wholeTest(
  'where nobody has the secret any more, another key is made, and the old one is let go behind it',
  async () => {
    const { access_key: id } = key()
    rmSync(keptFile())
    await host.sh('one', 'rm /var/lib/groundwork/spaces-keys')
    const plan = await run('--plan')
    expect(plan.exit, plan.out + plan.err).toBe(2)
    expect(plan.out).toContain('Spaces key files')
    expect(key().access_key).toBe(id)
    await done()
    expect(key().access_key).not.toBe(id)
    await isInUse()
    await inSync()
  },
)

wholeTest('secrets are in the one file that keeps them, and in no other', () => {
  const files = readdirSync(host.state, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && one.name !== 'spaces-keys' && !one.parentPath.includes('/sandbox'))
    .map((one) => readFileSync(join(one.parentPath, one.name), 'latin1'))
  expect(files.length).toBeGreaterThan(5)
  for (const secret of at.secrets) for (const text of files) expect(text.includes(secret)).toBe(false)
})
