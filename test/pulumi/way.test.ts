import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pulumiLab } from './lab.ts'

// Droplets, keys and their firewall.
const lab = pulumiLab()

test('an empty account: made, with nothing secret in clear; the next run starts no Pulumi', async () => {
  const { at, run, writes, droplets, firstKeys, stateFile } = lab()
  const plan = await run(['--plan'])
  expect(plan.exit, plan.out + plan.err).toBe(2)
  expect(writes()).toEqual([])

  const made = await run()
  expect(made.exit, made.out + made.err).toBe(0)
  expect(droplets()).toMatchObject([{ name: 'mle-1', image: 'debian-13-x64', status: 'active' }])
  expect([...(droplets()[0]?.tags ?? [])].sort()).toEqual(['groundwork:mle', 'groundwork:mle:mle-1'])
  expect(firstKeys()).toHaveLength(1)
  expect([...at.account.firewalls.values()]).toMatchObject([{ name: 'groundwork-mle', tags: ['groundwork:mle'] }])
  const state = readFileSync(stateFile(), 'utf8')
  expect(state).toContain('digitalocean:index/droplet:Droplet')
  expect(state).toContain('"ciphertext"')

  const again = await run([], { PATH: withoutPulumi() })
  expect(again.exit, again.out + again.err).toBe(0)
  expect([...at.calls].sort()).toEqual(['GET /v2/account/keys', 'GET /v2/droplets', 'GET /v2/firewalls'])
})

const withoutPulumi = () =>
  (process.env.PATH ?? '')
    .split(':')
    .filter((one) => !programsIn(one).includes('pulumi'))
    .join(':')
const programsIn = (path: string): readonly string[] => {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

test('the state is lost, or there was none yet: what is there is adopted, and nothing is made, changed or replaced', async () => {
  const { write, run, writes, droplets, folder } = lab()
  write({ hosts: 2, way: 'api' })
  expect((await run()).exit).toBe(0)
  const before = structuredClone(droplets())
  write({ hosts: 2 })
  for (const lost of [() => undefined, () => rmSync(join(folder, 'state'), { recursive: true })]) {
    lost()
    const plan = await run(['--plan'])
    expect(plan.exit, plan.out).toBe(2)
    expect(plan.out).toContain('Pulumi state of mle')
    const came = await run()
    expect(came.exit, came.out + came.err).toBe(0)
    expect(came.out).toMatch(/adopts .*mle-1, mle-2/)
    expect(droplets()).toEqual(before)
    expect(writes().filter((call) => !['POST /v2/tags'].includes(call))).toEqual([])
  }
  // And back: found by tag, as ever.
  write({ hosts: 2, way: 'api' })
  expect((await run()).exit).toBe(0)
  expect(writes()).toEqual([])
})

test('what was changed behind our back is mended; what would replace a droplet is left alone', async () => {
  const { at, run, droplets } = lab()
  await run()
  const [wall] = at.account.firewalls.values()
  const [one] = droplets()
  if (!wall || !one) throw new Error('nothing was made')
  const rules = structuredClone(wall.inbound_rules)
  wall.inbound_rules = wall.inbound_rules.slice(1)
  // Somebody switches it on in the provider's pages: to Pulumi, left to itself, that is another droplet.
  one.features.add('monitoring')
  one.features.add('backups')
  const came = await run()
  expect(came.exit, came.out + came.err).toBe(0)
  expect(droplets()).toMatchObject([{ id: one.id }])
  expect(one.features).not.toContain('backups')
  expect(wall.inbound_rules).toHaveLength(rules.length)
})

test('another size is the same droplet', async () => {
  const { write, run, droplets } = lab()
  await run()
  const [before] = droplets()
  write({ more: 'size: s-4vcpu-8gb' })
  const came = await run()
  expect(came.exit, came.out + came.err).toBe(0)
  expect(droplets()).toMatchObject([{ id: before?.id, size: 's-4vcpu-8gb', status: 'active' }])
})

test('what would be replaced stops, and is replaced where the flag names it', async () => {
  const { write, run, writes, droplets } = lab()
  await run()
  const [before] = droplets()
  write({ more: 'size: s-2vcpu-4gb, release: bookworm' })
  const stopped = await run()
  expect(stopped.exit).toBe(1)
  expect(stopped.out + stopped.err).toContain('--allow-replace mle-1')
  expect(writes()).toEqual([])
  const came = await run(['--allow-replace', 'mle-1'])
  expect(came.exit, came.out + came.err).toBe(0)
  expect(droplets()).toMatchObject([{ image: 'debian-12-x64', status: 'active' }])
  expect(droplets()[0]?.id).not.toBe(before?.id)
})

test('a host that left the inventory stays; Pulumi forgets it', async () => {
  const { at, write, run, droplets, stateFile } = lab()
  write({ hosts: 2 })
  await run()
  write()
  at.account.firewalls.clear()
  const came = await run()
  expect(came.exit, came.out + came.err).toBe(0)
  expect(droplets()).toHaveLength(2)
  expect(readFileSync(stateFile(), 'utf8')).not.toContain('mle-2')
})

test('a droplet whose answer was lost is adopted by the next run', async () => {
  const { at, run, droplets } = lab()
  let cut = 0
  at.trouble = (call) => (call === 'POST /v2/droplets' && !cut++ ? 'cut after' : undefined)
  await run()
  expect(droplets()).toHaveLength(1)
  const came = await run()
  expect(came.exit, came.out + came.err).toBe(0)
  expect(droplets()).toHaveLength(1)
})

test('nor is it made twice where no list shows it yet', async () => {
  const { at, run, done, droplets } = lab()
  let cut = 0
  at.account.lag.listSeconds = 15
  at.trouble = (call) => (call === 'POST /v2/droplets' && !cut++ ? 'cut after' : undefined)
  await run()
  expect(droplets()).toHaveLength(1)
  expect((await done()).out).toContain('so that it is not made twice')
  expect(droplets()).toHaveLength(1)
})

test('another passphrase is told', async () => {
  const { at, run, writes } = lab()
  await run()
  at.account.firewalls.clear()
  const came = await run([], { PASSPHRASE: 'not-the-one-it-was' })
  expect(came.exit).toBe(64)
  expect(came.out + came.err).toContain('The passphrase is not that of')
  expect(writes()).toEqual([])
})
