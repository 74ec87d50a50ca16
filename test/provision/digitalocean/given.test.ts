import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Own, own } from './own.ts'

const DATABASES = `  databases:
    - { name: main, version: "15", size: db-s-1vcpu-2gb, region: nyc3, databases: [sprocket], users: [sprocket] }
`

/** An organization whose platform has these secrets besides its own. */
async function given(secrets: string, digitalocean = DATABASES): Promise<Own> {
  const one = await own()
  const file = join(one.folder, 'demo', 'platform.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('secrets:\n', `secrets:\n  ${secrets}\n`))
  one.write(digitalocean)
  return one
}

const URL = 'database-url: { cluster: main, user: sprocket, database: sprocket, as: url }'

describe.concurrent('what the provider gives to the platform', { timeout: 120_000 }, () => {
  test('a source that the inventory has not is told before anything is asked', async () => {
    const one = await given(URL, '')
    for (const words of [['--plan'], []]) {
      const came = await one.run(...words)
      expect(came.exit).toBe(64)
      for (const told of ['digitalocean.databases has no main', 'demo/platform.yaml', '- { name: main, … }'])
        expect(came.out + came.err).toContain(told)
    }
    expect(one.at.calls).toEqual([])
  })

  test('a plan where nothing is there yet has no value, and needs none', async () => {
    const one = await given(URL)
    const plan = await one.run('--plan')
    expect(plan.exit, plan.out + plan.err).toBe(2)
    expect(plan.out).toContain('database user sprocket in main')
    await one.done()
    expect((await one.run('--plan')).exit).toBe(0)
  })

  test('a token that may not see passwords is told with the scope, where the platform needs one', async () => {
    const one = await given(URL)
    await one.done()
    one.at.scopes = [...READS, 'vpc:read']
    for (const words of [['--plan'], []]) {
      const came = await one.run(...words)
      expect(came.exit).toBe(1)
      expect(came.out + came.err).toContain('database:view_credentials')
    }
    expect(one.writes()).toEqual([])
    const other = await given('database-host: { cluster: main, as: host }')
    await other.done()
    other.at.scopes = READS
    await other.done()
  })
})

const READS = ['droplet', 'firewall', 'ssh_key', 'tag', 'database'].map((one) => `${one}:read`)
