import { spawn } from 'node:child_process'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type SpacesStandIn, startSpaces } from '../../lab/digitalocean/spaces.ts'
import type { SpacesKey } from '../../lab/digitalocean/spaces-keys.ts'
import type { Trouble } from '../../lab/digitalocean/trouble.ts'
import { own } from './own.ts'

const open: SpacesStandIn[] = []
afterAll(() => {
  for (const one of open) one.close()
})

const FILES = '{ name: files, buckets: { mle-files: readwrite, mle-assets: read } }'

/** An organization with two buckets and these keys. */
async function withKeys(keys = FILES) {
  const spaces = await startSpaces()
  open.push(spaces)
  const one = await own(undefined, { DIGITALOCEAN_SPACES_URL: spaces.url })
  spaces.account = one.at.account
  const write = (text: string) =>
    one.write(`  spaces: { region: nyc3, buckets: [{ name: mle-files }, { name: mle-assets }], keys: [${text}] }\n`)
  write(keys)
  const file = join(one.folder, 'state', 'groundwork', 'mle', 'spaces-keys')
  const all = () => [...one.at.account.spacesKeys.values()]
  const kept = () => JSON.parse(readFileSync(file, 'utf8')).keys as { id: string; name: string; secret: string }[]
  /** The one key that is there; what is kept here is its secret. */
  const only = (): SpacesKey => {
    const [key, ...more] = all()
    if (!key || more.length) throw new Error(`${all().length} keys`)
    expect(kept()).toEqual([{ id: key.access_key, name: 'files', secret: key.secret }])
    return key
  }
  const inSync = async () => {
    await one.done()
    expect(one.writes()).toEqual([])
  }
  /** A run that is killed while it asks for a key: before it is made, or before its answer. */
  const killed = async (held: 'never' | 'carried out') => {
    const words = ['bin/groundwork.mjs', '--inventory', join(one.folder, 'mle.yaml'), '--only', 'cloud']
    const env = { ...process.env, NO_COLOR: '1', ...one.env }
    const child = spawn(process.execPath, words, { env, stdio: 'ignore' })
    const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
    const seen = () => void child.kill('SIGKILL')
    one.at.trouble = (call) => (call === 'POST /v2/spaces/keys' ? { held, seen } : undefined)
    await ended
    one.at.trouble = () => undefined
  }
  return { ...one, write, spaces, file, all, kept, only, inSync, killed }
}

const grants = ({ grants: all }: SpacesKey) => all.map(({ bucket, permission }) => `${bucket} ${permission}`).sort()
const WANTED = ['mle-assets read', 'mle-files readwrite']

describe.concurrent('keys of Spaces for the platform', { timeout: 240_000 }, () => {
  test('are made once, shown in the plan, kept for the operator alone, and in sync by one list', async () => {
    const one = await withKeys()
    const plan = await one.run('--plan')
    expect(plan.exit, plan.out + plan.err).toBe(2)
    expect(plan.out).toContain('Spaces key files')
    expect(plan.out).toContain('mle-assets read, mle-files readwrite')
    expect(one.all()).toEqual([])
    await one.done()
    expect(grants(one.only())).toEqual(WANTED)
    expect(statSync(one.file).mode & 0o777).toBe(0o600)
    await one.inSync()
    expect(one.at.calls.filter((call) => call.includes('/v2/spaces/keys'))).toEqual(['GET /v2/spaces/keys'])
    expect((await one.run('--plan')).exit).toBe(0)
    const lock = readFileSync(join(one.folder, 'mle.lock.yaml'), 'utf8')
    expect(lock).toContain('spacesKeys:\n    - files')
    expect(lock).not.toContain('DO00')
  })

  test('other grants are given to the key that is there', async () => {
    const one = await withKeys()
    await one.done()
    const key = one.only()
    key.grants = [{ bucket: 'mle-files', permission: 'read' }]
    const plan = await one.run('--plan')
    expect(plan.out).toMatch(/mle-files read → mle-assets read, mle-files readwrite/)
    await one.done()
    expect(one.only().access_key).toBe(key.access_key)
    expect(grants(key)).toEqual(WANTED)
    await one.inSync()
  })

  test.for<readonly [string, Trouble]>([
    ['are refused', { status: 400, message: 'cannot convert' }],
    ['change nothing', { status: 200 }],
  ])('grants that %s: another key is made beside it, which a run with hosts lets go', async ([, trouble]) => {
    const one = await withKeys()
    await one.done()
    const key = one.only()
    key.grants = [{ bucket: '', permission: 'fullaccess' }]
    one.at.trouble = (call) => (call === `PUT /v2/spaces/keys/${key.access_key}` ? trouble : undefined)
    await one.done()
    const [old, made] = one.all()
    expect(old).toBe(key)
    expect(made && grants(made)).toEqual(WANTED)
    expect(one.kept()[0]).toMatchObject({ id: made?.access_key, secret: made?.secret })
    await one.inSync()
  })

  test('one that was deleted at the provider is made again, and a higher version is another one', async () => {
    const one = await withKeys()
    await one.done()
    one.at.account.spacesKeys.clear()
    await one.done()
    const first = one.all()[0]
    one.write(FILES.replace('files,', 'files, version: 2,'))
    const plan = await one.run('--plan')
    expect(plan.out).toContain('version 1 → 2')
    await one.done()
    // The old one stays until no service has it.
    expect(one.all()[0]).toBe(first)
    expect(one.all()[1]?.name).toContain('-files-v2-')
    expect(one.kept()[0]?.id).toBe(one.all()[1]?.access_key)
    await one.inSync()
  })

  test.for<readonly [string, Trouble, number]>([
    ['cut after', 'cut after', 2],
    ['cut before', 'cut before', 1],
    ['answered 500, and carried out', { status: 500, carriedOut: true }, 2],
    ['half an answer', 'half', 2],
  ])('a call that is %s: one key is left, whose secret is known', async ([, trouble, made]) => {
    const one = await withKeys()
    // The buckets take a key of the run's own first.
    await one.done()
    one.at.account.spacesKeys.clear()
    const before = one.at.account.secrets.length
    one.first(1, 'POST /v2/spaces/keys', trouble)
    await one.done()
    expect(one.at.account.secrets.length - before).toBe(made)
    expect(grants(one.only())).toEqual(WANTED)
    await one.inSync()
  })

  test.for([
    ['before it is made', 'never', 0],
    ['before its answer', 'carried out', 1],
  ] as const)('a run that is killed %s leaves none that nobody holds: the next one removes it', async (row) => {
    const [, held, count] = row
    const one = await withKeys()
    await one.done()
    one.at.account.spacesKeys.clear()
    await one.killed(held)
    const left = one.all().map(({ access_key }) => access_key)
    expect(left).toHaveLength(count)
    await one.done()
    expect(left).not.toContain(one.only().access_key)
    await one.inSync()
  })

  test('one that is refused was not begun, and the next run has nothing to look for', async () => {
    const one = await withKeys('')
    await one.done()
    one.write(FILES)
    one.first(1, 'POST /v2/spaces/keys', { status: 422 })
    const came = await one.run()
    expect(came.exit, came.out + came.err).toBe(1)
    expect(came.out + came.err).toContain('POST /v2/spaces/keys')
    expect(JSON.parse(readFileSync(one.file, 'utf8'))).toEqual({ keys: [], begun: [] })
    expect(one.all()).toEqual([])
    await one.done()
    expect(grants(one.only())).toEqual(WANTED)
  })

  test('lists that show a key late', async () => {
    const one = await withKeys()
    one.at.account.lag = { listSeconds: 3, getSeconds: 0 }
    await one.done()
    one.at.account.lag = { listSeconds: 0, getSeconds: 0 }
    one.only()
    await one.inSync()
  })

  test('a secret that this machine has not is not made anew without asking the first manager', async () => {
    const one = await withKeys()
    await one.done()
    rmSync(one.file)
    const plan = await one.run('--plan')
    expect(plan.exit).toBe(2)
    expect(plan.out).toContain('not known here → kept')
    const came = await one.run()
    expect(came.exit).toBe(1)
    expect(came.out + came.err).toContain('The secret of the Spaces key files is not on this machine')
    expect(one.writes()).toEqual([])
    expect(one.all()).toHaveLength(1)
  })

  test('keys of others are left alone, whose names look like ours too', async () => {
    const one = await withKeys()
    await one.done()
    const key = one.only()
    const others = ['groundwork-mle-files', 'groundwork-mle-files-v1-00000000', 'groundwork-rl-files-v1-12345678', 'x']
    for (const name of others) one.at.account.spacesKeys.set(name, { ...key, access_key: name, name })
    await one.inSync()
    expect(one.all()).toHaveLength(5)
  })

  test('what left the inventory is told, and stays', async () => {
    const one = await withKeys()
    await one.done()
    const key = one.only()
    one.write('')
    for (const _ of ['a run', 'the next']) {
      const came = await one.done()
      expect(came.out).toContain(`The Spaces key files (${key.access_key}) is no longer in the inventory`)
      expect(one.writes()).toEqual([])
    }
    one.at.account.spacesKeys.clear()
    expect((await one.done()).out).not.toContain('Spaces key')
    expect(readFileSync(join(one.folder, 'mle.lock.yaml'), 'utf8')).not.toContain('spacesKeys')
  })

  test('a platform that names a key which the inventory has not is told before anything is asked', async () => {
    const one = await withKeys()
    const file = join(one.folder, 'demo', 'platform.yaml')
    const secret = 'files-id: { spacesKey: fils, as: id }'
    writeFileSync(file, readFileSync(file, 'utf8').replace('secrets:\n', `secrets:\n  ${secret}\n`))
    const came = await one.run()
    expect(came.exit).toBe(64)
    expect(came.out + came.err).toContain('has no fils (did you mean files?)')
    expect(one.at.calls).toEqual([])
  })
})
