import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type SpacesStandIn, startSpaces } from '../../lab/digitalocean/spaces.ts'
import { type Own, own } from './own.ts'

const open: SpacesStandIn[] = []
afterAll(() => {
  for (const one of open) one.close()
})

/** Buckets without a key of a person. */
async function withoutKey(names = ['mle-backups', 'mle-replays']) {
  const spaces = await startSpaces()
  open.push(spaces)
  const one = await own(undefined, { DIGITALOCEAN_SPACES_URL: spaces.url })
  spaces.account = one.at.account
  const buckets = names.map((name) => `{ name: ${name} }`).join(', ')
  one.write(`  spaces: { region: nyc3, buckets: [${buckets}] }\n`)
  const left = () => [...one.at.account.spacesKeys.values()].map(({ name }) => name)
  const keyCalls = () =>
    one.at.calls.filter((call) => call.includes('/v2/spaces/keys')).map((call) => call.split('/')[0])
  /** A run that is stopped at its first call that matches. */
  const stoppedAt = async (call: string, signal: NodeJS.Signals) => {
    const words = ['bin/groundwork.mjs', '--inventory', join(one.folder, 'mle.yaml'), '--only', 'cloud']
    const env = { ...process.env, NO_COLOR: '1', ...one.env }
    const child = spawn(process.execPath, words, { env, stdio: 'ignore' })
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
    spaces.trouble = (made) => {
      if (made !== call) return undefined
      child.kill(signal)
      return 503
    }
    const exit = await ended
    spaces.trouble = () => undefined
    return exit
  }
  return { ...one, spaces, left, keyCalls, stoppedAt }
}

async function withBuckets(
  names = ['mle-backups', 'mle-replays'],
  key?: string,
): Promise<Own & { readonly spaces: SpacesStandIn }> {
  const spaces = await startSpaces()
  open.push(spaces)
  const one = await own(undefined, { DIGITALOCEAN_SPACES_URL: spaces.url, SPACES_KEY: key ?? spaces.key })
  one.at.account.secrets.push(spaces.key.split(':')[1] ?? '')
  one.write(
    `  spaces: { region: nyc3, key: { env: SPACES_KEY }, buckets: [${names.map((name) => `{ name: ${name} }`).join(', ')}] }\n`,
  )
  return { ...one, spaces }
}

const WANTED = [
  ['mle-backups', 'Enabled'],
  ['mle-replays', 'Enabled'],
]

describe.concurrent('buckets', { timeout: 180_000 }, () => {
  test('are made, and keep what is overwritten; the next run asks one list, and one thing of each', async () => {
    const one = await withBuckets()
    one.spaces.buckets.set('of-somebody', '')
    const plan = await one.run('--plan')
    expect(plan.exit, plan.out + plan.err).toBe(2)
    expect(plan.out).toContain('bucket mle-replays')
    expect(one.spaces.calls).toEqual(['GET /'])
    await one.done()
    expect([...one.spaces.buckets].sort()).toEqual([...WANTED, ['of-somebody', '']])
    one.spaces.calls.length = 0
    await one.done()
    expect([...one.spaces.calls].sort()).toEqual([
      'GET /',
      'GET /mle-backups?versioning',
      'GET /mle-replays?versioning',
    ])
  })

  test('a bucket that keeps no versions any more, and one that is gone, are seen and mended', async () => {
    const one = await withBuckets()
    one.spaces.buckets.set('mle-backups', 'Suspended')
    const plan = await one.run('--plan')
    expect(plan.exit, plan.out + plan.err).toBe(2)
    expect(plan.out).toContain('Suspended')
    await one.done()
    expect([...one.spaces.buckets].sort()).toEqual(WANTED)
  })

  test('a name that somebody else has, and a secret key that is not the right one, are told', async () => {
    const one = await withBuckets()
    one.spaces.taken.add('mle-replays')
    const came = await one.run()
    expect(came.exit).toBe(1)
    expect(came.out + came.err).toContain('every bucket of all of DigitalOcean has a name of its own')
    const [access] = one.spaces.key.split(':')
    const other = await withBuckets(['mle-backups'], `${access}:${'x'.repeat(42)}`)
    const refused = await other.run()
    expect(refused.exit).toBe(1)
    expect(refused.out + refused.err).toContain('the secret key is not the one of this access key')
    expect(other.writes()).toEqual([])
  })

  test('503 and a lost answer: one run comes to exactly what is wanted', async () => {
    const one = await withBuckets()
    const seen = new Set<string>()
    one.spaces.trouble = (call) => {
      if (seen.has(call)) return undefined
      seen.add(call)
      return call.startsWith('PUT') ? 'cut after' : 503
    }
    await one.done()
    expect([...one.spaces.buckets].sort()).toEqual(WANTED)
  })

  test('half a key is told before anything is asked', async () => {
    const one = await withBuckets(undefined, 'DO00STANDIN')
    const came = await one.run('--plan')
    expect(came.exit).toBe(64)
    expect(came.out + came.err).toContain('with a colon between')
    expect(one.at.calls).toEqual([])
  })
})

describe.concurrent('buckets without a key of a person', { timeout: 180_000 }, () => {
  test('a run makes a key for the time it makes them; a plan and a run in sync make none', async () => {
    const one = await withoutKey()
    const plan = await one.run('--plan')
    expect(plan.exit, plan.out + plan.err).toBe(2)
    expect(plan.out).toContain('bucket mle-replays')
    expect([one.spaces.calls, one.writes()]).toEqual([[], []])
    await one.done()
    expect([...one.spaces.buckets].sort()).toEqual(WANTED)
    expect(one.at.account.secrets).toHaveLength(1)
    expect(one.left()).toEqual([])
    const lock = readFileSync(join(one.folder, 'mle.lock.yaml'), 'utf8')
    expect(lock).toContain('mle-backups:\n      region: nyc3\n      versioning: Enabled')
    expect(lock).not.toContain('DO00')
    one.spaces.calls.length = 0
    await one.done()
    expect([...one.spaces.calls].sort()).toEqual(['GET /mle-backups by nobody', 'GET /mle-replays by nobody'])
    expect(one.keyCalls()).toEqual(['GET '])
    expect(one.writes()).toEqual([])
    const again = await one.run('--plan')
    expect(again.exit, again.out + again.err).toBe(0)
  })

  test('a bucket that is there is taken as it is, and one that is gone is made again', async () => {
    const one = await withoutKey()
    one.spaces.buckets.set('mle-backups', 'Suspended')
    await one.done()
    expect([...one.spaces.buckets].sort()).toEqual(WANTED)
    one.spaces.buckets.delete('mle-replays')
    const plan = await one.run('--plan')
    expect(plan.exit).toBe(2)
    expect(plan.out).not.toContain('bucket mle-backups')
    await one.done()
    expect([...one.spaces.buckets].sort()).toEqual(WANTED)
    expect([one.at.account.secrets.length, one.left()]).toEqual([2, []])
  })

  test('the key is gone behind a run that fails, and somebody else’s bucket is never taken for ours', async () => {
    const one = await withoutKey()
    one.spaces.taken.add('mle-replays')
    for (const _ of ['a run', 'the same again']) {
      const came = await one.run()
      expect(came.exit).toBe(1)
      expect(came.out + came.err).toContain('every bucket of all of DigitalOcean has a name of its own')
      expect(one.left()).toEqual([])
    }
    // It was told before anything that costs was made.
    expect(one.at.account.droplets.size).toBe(0)
  })

  test('it is gone behind a Ctrl-C; what a killed run leaves, the next one removes', async () => {
    const one = await withoutKey()
    expect(await one.stoppedAt('PUT /mle-backups', 'SIGINT')).toBe(130)
    expect(one.left()).toEqual([])
    for (const _ of ['a run', 'another']) {
      await one.stoppedAt('PUT /mle-backups', 'SIGKILL')
      expect(one.left()).toEqual(['groundwork-mle-for-buckets'])
    }
    const [left] = one.at.account.spacesKeys.values()
    if (!left) throw new Error('a killed run left no key')
    const plan = await one.run('--plan')
    expect(plan.out).toContain(left.access_key)
    expect(one.left()).toHaveLength(1)
    // Keys of others are no business of ours.
    one.at.account.spacesKeys.set('DO00OTHER', {
      ...left,
      access_key: 'DO00OTHER',
      name: 'groundwork-rl-for-buckets',
    })
    await one.done()
    expect(one.left()).toEqual(['groundwork-rl-for-buckets'])
    expect([...one.spaces.buckets].sort()).toEqual(WANTED)
  })

  test.for(['cut after', { status: 500, carriedOut: true }] as const)(
    'an answer that is lost (%o) loses the secret: that key is deleted, and another made',
    async (trouble) => {
      const one = await withoutKey()
      one.first(1, 'POST /v2/spaces/keys', trouble)
      await one.done()
      expect([...one.spaces.buckets].sort()).toEqual(WANTED)
      expect([one.at.account.secrets.length, one.left()]).toEqual([2, []])
    },
  )

  test('a key that lists show late, and that Spaces knows late', async () => {
    const one = await withoutKey()
    one.at.account.lag = { listSeconds: 3, getSeconds: 0 }
    one.spaces.keysKnownAfterSeconds = 2
    await one.done()
    expect([...one.spaces.buckets].sort()).toEqual(WANTED)
    expect(one.left()).toEqual([])
  })

  test('a token that may not make keys is told with the scope, before anything else is made', async () => {
    const one = await withoutKey()
    one.at.scopes = ['droplet:read', 'firewall:read', 'ssh_key:read', 'tag:read', 'spaces_key:read', ...MAKING]
    const came = await one.run()
    expect(came.exit).toBe(1)
    expect(came.out + came.err).toContain('spaces_key:create_credentials')
    expect(one.at.account.droplets.size).toBe(0)
  })
})

const MAKING = ['droplet:create', 'firewall:create', 'ssh_key:create', 'tag:create']
