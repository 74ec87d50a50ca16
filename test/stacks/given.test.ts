import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Fault } from '../../src/engine/fault.ts'
import { secret } from '../../src/engine/secret.ts'
import type { DatabaseWish } from '../../src/inventory/digitalocean-wish.ts'
import type { Org } from '../../src/inventory/org.ts'
import { mustBeGiven } from '../../src/stacks/given.ts'
import { readPlatform } from '../../src/stacks/platform.ts'
import type { Layer, Platform } from '../../src/stacks/platform-schema.ts'
import { renderLayer } from '../../src/stacks/render.ts'
import { host, org } from './org.ts'

const root = mkdtempSync(join(tmpdir(), 'given-'))
afterAll(() => rmSync(root, { recursive: true }))
let count = 0

/** The fixture, whose one secret comes from this. */
function platformWith(source: string): Platform {
  const name = `fixture-${++count}`
  cpSync(join(import.meta.dirname, 'fixture'), join(root, name), { recursive: true })
  const file = join(root, name, 'platform.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('{ generated: 24 }', source))
  return readPlatform(name, root)
}

function faultOf(act: () => unknown): Fault {
  try {
    act()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('no fault')
}

const main: DatabaseWish = {
  name: 'main',
  version: '16',
  size: 'db-s-1vcpu-1gb',
  region: 'nyc3',
  nodes: 1,
  databases: ['sprocket'],
  users: ['sprocket'],
  trusted: [],
}
const token = { env: 'DO_TOKEN', file: undefined, command: undefined }
const account = (more: Partial<Org['digitalocean']> = {}): Partial<Org> => ({
  digitalocean: { token, sshFrom: [], databases: [main], ...more },
})

describe('where a secret comes from', () => {
  test.each([
    ['{ cluster: main }', 'as'],
    ['{ cluster: main, as: passwd, user: sprocket }', 'must be host, port, password (with user) or url'],
    ['{ cluster: main, as: password }', 'password.user'],
    ['{ cluster: main, as: url, user: sprocket }', 'password.database'],
    ['{ cluster: main, as: host, user: sprocket }', 'user'],
    ['{ generated: 24, cluster: main }', 'cluster'],
    ['{ version: 2 }', 'generated'],
    ['24', 'password'],
  ])('%s has a fault at its line', (source, says) => {
    const fault = faultOf(() => platformWith(source))
    expect(fault.because).toContain('platform.yaml:16')
    expect(fault.because).toContain(says)
  })
})

describe('what the inventory has not is told before anything is touched', () => {
  const url = platformWith('{ cluster: main, user: sprocket, database: sprocket, as: url }')
  test.each<readonly [string, Partial<Org>, string, string]>([
    ['no account', {}, 'digitalocean.databases has no main', '- { name: main, … }'],
    [
      'another cluster',
      account({ databases: [{ ...main, name: 'man' }] }),
      'has no main (did you mean man?)',
      '- { name: main, … }',
    ],
    ['another user', account({ databases: [{ ...main, users: ['ana'] }] }), 'no sprocket', 'users: [ana, sprocket]'],
    ['another database', account({ databases: [{ ...main, databases: [] }] }), 'no sprocket', 'databases: [sprocket]'],
  ])('%s', (_, over, because, remedy) => {
    const fault = faultOf(() => mustBeGiven(url, org(over)))
    expect(fault.exit).toBe(64)
    expect(fault.at).toContain('platform.yaml')
    expect(fault.because).toContain('secrets.password is to be the url of sprocket in the database cluster main')
    expect(fault.because).toContain(because)
    expect(fault.try).toContain('write into lab.yaml')
    expect(fault.try).toContain(remedy)
  })

  test('and what it has is taken, with what the provider makes itself', () => {
    expect(() => mustBeGiven(url, org(account()))).not.toThrow()
    const own = platformWith('{ cluster: main, user: doadmin, database: defaultdb, as: url }')
    expect(() => mustBeGiven(own, org(account()))).not.toThrow()
  })
})

describe('a given secret in a rendered layer', () => {
  const platform = platformWith('{ cluster: main, user: sprocket, as: password }')
  const below = platform.layers[0] as Layer
  const rendered = (given?: string) => {
    const over = given === undefined ? {} : { given: new Map([['password', secret(given)]]) }
    return renderLayer(platform, below, { org: org(over), host: host('one', 'manager') })
  }
  const nameOf = (given?: string) => parse(rendered(given).text).secrets.password.name

  test('has a keyed name, which changes with the value, and its service with it', () => {
    expect(nameOf('one')).toMatch(/^password-[0-9a-f]{12}$/)
    expect(nameOf('one')).toBe(nameOf('one'))
    expect(nameOf('two')).not.toBe(nameOf('one'))
    const hashes = ['one', 'two'].map((value) => rendered(value).services.map(({ blockHash }) => blockHash))
    expect(hashes[0]?.[0]).not.toBe(hashes[1]?.[0])
    expect(hashes[0]?.[1]).toBe(hashes[1]?.[1])
  })

  test('has no suffix where nothing is known of it yet, and is never shown', () => {
    expect(nameOf()).toBe('password')
    expect(rendered('AVNS_abcdef').text).not.toContain('AVNS')
  })
})
