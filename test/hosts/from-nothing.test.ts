import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { type SpacesStandIn, startSpaces } from '../lab/digitalocean/spaces.ts'
import { type OnDroplets, onDroplets } from '../lab/on-droplets.ts'

// Hosts that a provider makes, from an empty account to the platform and back to it after a loss: real machines with
// Debian's own cloud-init behind a stand-in of the API. They share this machine's kernel, which the run finds out.
// Three minutes on a quiet machine; beside other builds ten were not enough.
vi.setConfig({ testTimeout: 1_500_000 })

let club: OnDroplets
let spaces: SpacesStandIn
beforeAll(async () => {
  spaces = await startSpaces()
  club = await onDroplets('club', undefined, {
    platform: './given',
    account: `,
  databases: [{ name: main, version: "15", size: db-s-1vcpu-2gb, region: fra1, users: [sprocket], databases: [sprocket] }],
  spaces: { region: nyc3, buckets: [{ name: club-files }], keys: [{ name: files, buckets: { club-files: readwrite } }] }`,
    env: { DIGITALOCEAN_SPACES_URL: spaces.url },
  })
  spaces.account = club.at.account
  demoThatIsGiven(join(club.folder, 'given'))
})
afterAll(async () => {
  await club?.down()
  spaces?.close()
})

/** The demo platform, whose worker gets besides what its provider has for it. */
function demoThatIsGiven(folder: string): void {
  const secrets = {
    'database-url': '{ cluster: main, user: sprocket, database: sprocket, as: url }',
    'files-credentials': '{ spacesKey: files, as: credentials }',
  }
  const lines = (one: (name: string, source: string) => string) =>
    `secrets:\n${Object.entries(secrets)
      .map(([name, source]) => `  ${name}: ${one(name, source)}\n`)
      .join('')}`
  cpSync('src/platforms/demo', folder, { recursive: true })
  const change = (file: string, from: RegExp, to: string) => {
    const text = readFileSync(join(folder, file), 'utf8')
    expect(text).toMatch(from)
    writeFileSync(join(folder, file), text.replace(from, to))
  }
  change(
    'platform.yaml',
    /^secrets:\n/m,
    lines((_, source) => source),
  )
  change(
    'apps.yaml',
    /^secrets:\n/m,
    lines(() => '{ external: true }'),
  )
  change('apps.yaml', /(worker\.py\]\n +secrets: \[)/, `$1${Object.keys(secrets).join(', ')}, `)
}

/** What the worker reads, on whichever host it runs. */
async function given(secret: string): Promise<string> {
  const ask = `for one in $(docker ps --quiet --filter name=apps_worker); do docker exec $one cat /run/secrets/${secret}; done`
  return (await Promise.all(['head', 'hand'].map((host) => club.sh(host, ask)))).join('')
}
const isGiven = async () => {
  const [cluster] = club.at.account.clusters.values()
  const [key, ...more] = club.at.account.spacesKeys.values()
  expect(more).toEqual([])
  const password = cluster?.users.get('sprocket')
  // The two droplets are in the cluster's network.
  expect(await given('database-url')).toBe(
    `postgresql://sprocket:${password}@private-club-main-do-user-1-0.db.ondigitalocean.com:25060/sprocket?sslmode=require`,
  )
  expect(await given('files-credentials')).toContain(`aws_secret_access_key = ${key?.secret}\n`)
}

const members = async () => (await club.sh('head', "docker node ls --format '{{.Hostname}} {{.Status}}' | sort")).trim()
const page = async () => (await fetch(`http://${club.address('head')}/`)).text()
const keyOf = (host: string): string => parse(club.lockFile()).hosts[host].hostKey
const healthy = async () => {
  for (const service of ['redis', 'postgres', 'rabbitmq']) expect(await page()).toContain(`${service} up`)
  expect(await members()).toBe('hand Ready\nhead Ready')
}
/** The key of its first minutes, as its user data has it. */
const used = (host: string) => parse(club.userData(host)).ssh_keys
/** What was never seen before it was seen here. */
const canary = (host: string): string => used(host).ed25519_private.split('\n')[2]

test('one command, no question: from an empty account to a healthy platform on two droplets', async () => {
  const { exit, out, err } = await club.run()
  expect(exit, out + err).toBe(0)
  await healthy()
  expect(club.at.calls.filter((call) => call === 'POST /v2/droplets')).toHaveLength(2)
  expect(out).toContain('Debian 13 made at DigitalOcean')
  expect(out).toContain('head │ shares the kernel of its machine; left out there: clock')
  expect(out).toMatch(/\(cloud [\d.]+ .*s · first contact [\d.]+ .*s · steps [\d.]+ .*s\)\n/)
  for (const secret of [canary('head'), canary('hand'), club.at.token, ...club.at.secrets])
    expect(out + err).not.toContain(secret)
})

test('a service reads the address and password of its database, and its key for Spaces', isGiven)

test('again: in sync, by one call for each list, however many droplets there are', async () => {
  const { exit, out } = await club.run()
  expect(exit, out).toBe(0)
  expect(out).toMatch(/\d+ resources in sync · 2 connections/)
  const [cluster] = club.at.account.clusters.keys()
  expect([...club.at.calls].sort()).toEqual(
    [
      'GET /v2/account/keys',
      'GET /v2/databases',
      ...['dbs', 'firewall', 'users'].map((one) => `GET /v2/databases/${cluster}/${one}`),
      'GET /v2/droplets',
      'GET /v2/firewalls',
      'GET /v2/spaces/keys',
    ].sort(),
  )
})

test.each(['head', 'hand'])('the key of the user data of %s is refused, and nowhere on it', async (host) => {
  const known = join(club.folder, 'known')
  writeFileSync(known, `${host} ${used(host).ed25519_public}\n`)
  const options = [`UserKnownHostsFile=${known}`, 'StrictHostKeyChecking=yes', `HostKeyAlias=${host}`, 'BatchMode=yes']
  const words = [...options.flatMap((one) => ['-o', one]), '-i', join(club.folder, 'ana')]
  const { stderr } = spawnSync('ssh', [...words, `root@${club.address(host)}`, 'true'], { encoding: 'utf8' })
  expect(stderr).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED')
  expect(canary(host).length).toBeGreaterThan(40)
  const found = await club.sh(host, `grep -rlsaF '${canary(host)}' /etc /root /run /var/lib/cloud /var/log; true`)
  expect(found).toBe('')
})

test('a container cannot read what its droplet was made with; its droplet can', async () => {
  const ask = `timeout 5 bash -c 'exec 3<>/dev/tcp/169.254.169.254/80 && printf "GET /metadata/v1/user-data HTTP/1.0\\r\\n\\r\\n" >&3 && cat <&3'`
  const inside = `docker run --rm --network bridge "$(docker image ls --quiet | head -1)" ${ask} || echo nothing`
  expect(await club.sh('head', ask)).toContain(canary('head'))
  expect(await club.sh('head', inside)).toBe('nothing\n')
  // It is that rule which closes it.
  expect(await club.sh('head', `nft delete table inet groundwork\n${inside}`)).toContain(canary('head'))
  await club.sh('head', 'systemctl restart groundwork-firewall')
  expect(await club.sh('head', inside)).toBe('nothing\n')
})

test('a droplet that somebody destroyed is made again by the same command, and a password that was reset is handed on', async () => {
  const { id } = [...club.at.account.droplets.values()].find(({ name }) => name === 'hand') ?? {}
  const before = keyOf('hand')
  const gone = await fetch(`${club.at.url}/v2/droplets/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${club.at.token}` },
  })
  expect(gone.status).toBe(204)
  for (const { users } of club.at.account.clusters.values()) users.set('sprocket', 'AVNS_another')
  const { exit, out, err } = await club.run()
  expect(exit, out + err).toBe(0)
  expect(club.at.calls.filter((call) => call === 'POST /v2/droplets')).toHaveLength(1)
  await healthy()
  expect(keyOf('hand')).not.toBe(before)
  await isGiven()
  // What another resource's fix has changed is said as well.
  expect(out).toMatch(/labels of node hand: .*groundwork/)
  expect((await club.run()).out).toContain('in sync')
})
