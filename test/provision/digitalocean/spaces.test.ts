import { afterAll, describe, expect, test } from 'vitest'
import { type SpacesStandIn, startSpaces } from '../../lab/digitalocean/spaces.ts'
import { type Own, own } from './own.ts'

const open: SpacesStandIn[] = []
afterAll(() => {
  for (const one of open) one.close()
})

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
