import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { Fault } from '../../src/engine/fault.ts'
import { readPlatform } from '../../src/stacks/platform.ts'
import { fixture } from './org.ts'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true })
})

/** The fixture with one text replaced in one file. */
function broken(file: string, old: string, text: string): Fault {
  const root = mkdtempSync(join(tmpdir(), 'platform-'))
  roots.push(root)
  cpSync(join(import.meta.dirname, 'fixture'), join(root, 'fixture'), { recursive: true })
  const path = join(root, 'fixture', file)
  const before = readFileSync(path, 'utf8')
  expect(before).toContain(old)
  writeFileSync(path, before.replace(old, text))
  try {
    readPlatform('fixture', root)
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('no fault')
}

test('the fixture is read', () => {
  expect(fixture().layers.map(({ name, gateSeconds }) => [name, gateSeconds])).toEqual([
    ['below', 60],
    ['above', 60],
  ])
  expect(fixture().secrets).toEqual({ password: { generated: 24, version: 1 } })
})

test('a platform that is not there', () => expect(() => readPlatform('nothing')).toThrow('There is no '))

describe('each fault has its place and what is wrong', () => {
  test.each([
    ['platform.yaml', 'open: { attachable: true }', 'open: { atachable: true }', 'platform.yaml:6', 'atachable'],
    ['platform.yaml', 'owner: "901:902"', 'owner: 901', 'platform.yaml:13', 'owner'],
    ['platform.yaml', 'directory: /srv/fixture/keeper', 'directory: srv', 'platform.yaml:13', 'absolute path'],
    ['platform.yaml', 'layers: [below, above]', 'layers: [below, abve]', '', 'layers'],
    ['platform.yaml', 'password: { generated: 24 }', 'password: { generated: 2 }', 'platform.yaml:16', 'generated'],
    ['platform.yaml', 'tool: {}', 'toll: {}', 'below.yaml:11', 'groundwork/tool'],
    ['platform.yaml', 'checks: {}', 'routes: { web: { port: 8 } }', 'platform.yaml', 'no service publishes port 8'],
    ['platform.yaml', 'checks: {}', 'routes: { web: { host: A } }', 'platform.yaml:18', 'a name in front of it'],
    ['below.yaml', 'networks: [inside]', 'networks: [insde]', 'below.yaml:17', 'insde'],
    ['below.yaml', 'password: { external: true }', 'password: { file: ./x }', 'below.yaml:', 'external'],
    ['below.yaml', './config/keeper.conf', './config/kepper.conf', 'below.yaml:', 'does not exist'],
    ['below.yaml', '$$HOME', '$HOME', 'below.yaml:11', '$HOME'],
    ['below.yaml', 'command: [stay]', 'command: stay', 'below.yaml:12', 'command'],
    ['below.yaml', 'services:', 'services: [', 'below.yaml:', 'YAML'],
  ])('%s: %s', (file, old, text, at, word) => {
    const fault = broken(file, old, text)
    const told = [fault.message, fault.at, fault.because, fault.try].join('\n')
    expect(told).toContain(at)
    expect(told).toContain(word)
    expect(fault.exit).toBe(64)
  })
})

test('all faults at once', () => {
  const fault = broken('platform.yaml', 'tool: {}', 'toll: {}')
  expect(fault.because?.split('\n')).toHaveLength(6)
})
