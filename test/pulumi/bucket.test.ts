import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { S3Key } from '../../src/clients/s3.ts'
import { type S3Server, startS3 } from '../lab/s3.ts'
import { killRun } from './killed.ts'
import { pulumiLab } from './lab.ts'

// The state in a bucket of a real S3 server, below the lab's folder: what is read for secrets after each run has its bytes too.
const lab = pulumiLab()
let s3: S3Server
let objects = ''
beforeEach(async () => {
  s3 = await startS3(join(lab().folder, 's3'))
  objects = join(await s3.bucket('mle-state'), 'team')
  lab().at.account.secrets.push(s3.key.secretAccessKey)
})
afterEach(() => s3.close())

const address = (bucket = 'mle-state', region = s3.region) =>
  `s3://${bucket}/team?region=${region}&endpoint=${s3.url}&s3ForcePathStyle=true`
const inBucket = (more = '', at = address()) => `state: "${at}"${more}`
const BY_PLACE = ', key: { env: STATE_KEY }'
const pair = ({ accessKeyId, secretAccessKey } = s3.key) => `${accessKeyId}:${secretAccessKey}`
const byVariables = ({ accessKeyId, secretAccessKey }: S3Key = s3.key) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
})
const locks = () => {
  const folder = join(objects, '.pulumi', 'locks', 'organization', 'groundwork', 'mle')
  return existsSync(folder) ? readdirSync(folder) : []
}

const account = (
  key = 'env: SPACES_KEY',
) => `  spaces: { region: nyc3, key: { ${key} }, buckets: [{ name: mle-backups }] }
  databases:
    - { name: main, version: "15", size: db-s-1vcpu-2gb, region: nyc3, databases: [sprocket], users: [sprocket] }
`

test('an empty account: made, with nothing secret in clear in the bucket; then there is nothing to do, on any machine, and no Pulumi is started', async () => {
  const { write, run, writes, folder, spaces } = lab()
  const elsewhere = mkdtempSync(join(tmpdir(), 'spaces-key-'))
  writeFileSync(join(elsewhere, 'key'), spaces.key)
  // What a command sees that groundwork starts is written down where secrets are looked for.
  const seen = join(folder, 'seen')
  const command = `command: "env >>${seen}; cat ${elsewhere}/key"`
  write({ account: account(command), state: inBucket() })
  const env = { ...byVariables(), SPACES_KEY: '' }
  const plan = await run(['--plan'], env)
  expect(plan.exit, plan.out + plan.err).toBe(2)
  expect(writes()).toEqual([])
  expect(existsSync(objects)).toBe(false)
  const made = await run([], env)
  expect(made.exit, made.out + made.err).toBe(0)
  const state = readFileSync(join(objects, '.pulumi', 'stacks', 'groundwork', 'mle.json'), 'utf8')
  for (const words of ['droplet:Droplet', 'databaseUser:DatabaseUser', 'spacesBucket:SpacesBucket', '"ciphertext"'])
    expect(state).toContain(words)
  expect(locks()).toEqual([])
  expect(readFileSync(seen, 'utf8')).toMatch(/^PATH=/m)
  expect(readFileSync(seen, 'utf8')).not.toMatch(/^AWS_(ACCESS|SECRET)/m)
  // As on a machine on which no Pulumi ever ran.
  rmSync(join(folder, 'groundwork', 'groundwork', 'mle', 'pulumi'), { recursive: true })
  const again = await run([], { ...env, PATH: '/usr/bin:/bin' })
  expect(again.exit, again.out + again.err).toBe(0)
  expect(writes()).toEqual([])
  rmSync(elsewhere, { recursive: true })
})

test('a run that was killed holds the state: by whom and since when is shown, and what is to be typed lets it go', async () => {
  const { write, run, say, writes, at, droplets } = lab()
  write({ state: inBucket(BY_PLACE) })
  const env = { STATE_KEY: pair() }
  at.trouble = (call) => {
    if (call !== 'POST /v2/droplets') return undefined
    killRun()
    return 'cut after'
  }
  expect((await run([], env)).exit).toBe(null)
  at.trouble = () => undefined
  expect(locks()).toHaveLength(1)
  const held = await run([], env)
  expect(held.exit, held.out + held.err).toBe(75)
  const text = held.out + held.err
  expect(text).toMatch(
    /\S+@\S+ \(pid \d+\), for \d+ s: that program has ended\n.*s3:\/\/mle-state\/team\/\.pulumi\/locks\//,
  )
  expect(writes()).toEqual([])
  const [, typed = ''] = /npx tsx bootstrap\.ts (pulumi unlock) --inventory \S+mle\.yaml, then/.exec(text) ?? []
  const unlocked = await say(typed.split(' '), env)
  expect(unlocked.exit, unlocked.out + unlocked.err).toBe(0)
  expect(unlocked.out).toContain('taken away')
  expect(locks()).toEqual([])
  const came = await run([], env)
  expect(came.exit, came.out + came.err).toBe(0)
  expect(droplets()).toHaveLength(1)
  expect((await run([], env)).out).not.toContain('Pulumi looks')
})

test('a lock of another machine goes where a person says so', async () => {
  const { write, say } = lab()
  write({ state: inBucket(BY_PLACE) })
  const env = { STATE_KEY: pair() }
  const folder = join(objects, '.pulumi', 'locks', 'organization', 'groundwork', 'mle')
  mkdirSync(folder, { recursive: true })
  const lock = { pid: 4711, username: 'ana', hostname: 'another-machine', timestamp: new Date(Date.now() - 7_200_000) }
  writeFileSync(join(folder, '0b4f.json'), JSON.stringify(lock))
  const asked = await say(['pulumi', 'unlock'], env)
  expect(asked).toMatchObject({ exit: 75, out: expect.stringContaining('ana@another-machine (pid 4711), for 2 h') })
  expect(locks()).toHaveLength(1)
  expect((await say(['pulumi', 'unlock', '--yes'], env)).exit).toBe(0)
  expect(locks()).toEqual([])
})

test('the bucket is emptied: all is adopted by tags and names, and nothing is made, changed or replaced', async () => {
  const { write, run, writes, at } = lab()
  write({ account: account(), state: inBucket(BY_PLACE) })
  const env = { STATE_KEY: pair() }
  const made = await run([], env)
  expect(made.exit, made.out + made.err).toBe(0)
  const { droplets, clusters, firewalls } = at.account
  const ids = () => [droplets, clusters, firewalls].map((all) => [...all.keys()])
  const before = ids()
  rmSync(objects, { recursive: true })
  const plan = await run(['--plan'], env)
  expect(plan.exit, plan.out).toBe(2)
  expect(plan.out).toContain('Pulumi state of mle')
  const came = await run([], env)
  expect(came.exit, came.out + came.err).toBe(0)
  expect(came.out).toMatch(/adopts .*mle-1/)
  expect(ids()).toEqual(before)
  expect(writes().filter((call) => call !== 'POST /v2/tags')).toEqual([])
  expect((await run([], env)).out).not.toContain('Pulumi looks')
})

test('a bucket that is not there, or a key that is not good there, is told with its field before anything is touched', async () => {
  const { write, run, writes } = lab()
  const reader = await s3.reader('mle-state')
  const other = { accessKeyId: 'AKNOBODY', secretAccessKey: 'n0body'.repeat(7) }
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>, readonly string[]])[] = [
    [
      'no bucket',
      inBucket('', address('nobodys')),
      byVariables(),
      ['no bucket nobodys', 'digitalocean.pulumi.state', 'make it'],
    ],
    [
      'another region',
      inBucket('', address('mle-state', 'ams3')),
      byVariables(),
      ['in another region', 'digitalocean.pulumi.state', '?region=nyc3'],
    ],
    [
      'no key',
      inBucket(),
      {},
      ['variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set', 'digitalocean.pulumi.key', 'export'],
    ],
    ['half of it', inBucket(), { AWS_ACCESS_KEY_ID: 'AKLAB' }, ['variable AWS_SECRET_ACCESS_KEY is not set', 'export']],
    [
      'another secret',
      inBucket(),
      byVariables({ ...s3.key, secretAccessKey: 'an0ther'.repeat(6) }),
      ['not good there', 'SignatureDoesNotMatch', '✗ AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'],
    ],
    [
      'a key of nobody',
      inBucket(BY_PLACE),
      { STATE_KEY: pair(other) },
      ['not good there', 'InvalidAccessKeyId', 'digitalocean.pulumi.key'],
    ],
    ['no key in its place', inBucket(BY_PLACE), {}, ['There is no key', 'digitalocean.pulumi.key', 'export STATE_KEY']],
    [
      'no pair',
      inBucket(BY_PLACE),
      { STATE_KEY: s3.key.accessKeyId.repeat(3) },
      ['not whole', 'digitalocean.pulumi.key', 'a colon between'],
    ],
    [
      'a key that only reads',
      inBucket(BY_PLACE),
      { STATE_KEY: pair(reader) },
      ['may not do this', 'digitalocean.pulumi.key', 'read, write and delete'],
    ],
  ]
  for (const [what, state, env, words] of cases) {
    write({ state })
    const came = await run([], env)
    const text = came.out + came.err
    expect(came.exit, `${what}: ${text}`).toBe(64)
    for (const word of words) expect(text, what).toContain(word)
    expect(writes(), what).toEqual([])
  }
})
