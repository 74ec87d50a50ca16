import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Fault } from '../../src/engine/fault.ts'
import { lockFilePath, readLockFile, writeLockFile } from '../../src/inventory/lock-file.ts'
import { parseInventory } from '../../src/inventory/read.ts'
import { VERSION } from '../../src/inventory/version.ts'
import { base, HOST_KEY, sandboxes } from './broken/base.ts'

const OTHER_KEY = HOST_KEY.replace('cvIB', 'AAAA')
let directory = ''

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-file-'))
  vi.stubEnv('XDG_STATE_HOME', join(directory, 'state'))
})
afterEach(() => vi.unstubAllEnvs())

const org = () => parseInventory(base, join(directory, 'mle.yaml'))
const met = (hostKey = HOST_KEY, address = '203.0.113.7') => ({ hostKey, address })
const text = () => readFileSync(lockFilePath(org()), 'utf8')

const faultOf = (content: string): Fault => {
  writeFileSync(lockFilePath(org()), content)
  try {
    readLockFile(org())
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('no fault')
}

test('it lies beside the inventory; for sandboxes alone in the state directory', () => {
  expect(lockFilePath(org())).toBe(join(directory, 'mle.lock.yaml'))
  const trying = parseInventory(sandboxes, join(directory, 'try.yaml'))
  expect(lockFilePath(trying)).toBe(join(directory, 'state', 'groundwork', 'try', 'try.lock.yaml'))
})

test('what is written is read again; nothing new, nothing written', async () => {
  expect(readLockFile(org())).toEqual({ hosts: {} })
  await writeLockFile(org(), { 'mle-1': met() })
  const first = readLockFile(org())
  expect(first.hosts['mle-1']).toMatchObject(met())
  expect(Date.now() - Date.parse(first.hosts['mle-1']?.since ?? '')).toBeLessThan(60_000)
  const before = statSync(lockFilePath(org()), { bigint: true }).mtimeNs
  await writeLockFile(org(), { 'mle-1': met() })
  expect(statSync(lockFilePath(org()), { bigint: true }).mtimeNs).toBe(before)
  expect(readdirSync(directory)).toEqual(['mle.lock.yaml'])
})

test('a way by the tailnet is kept until the host is another', async () => {
  await writeLockFile(org(), { 'mle-1': { ...met(), tailnet: '100.64.0.9' } })
  await writeLockFile(org(), { 'mle-1': met() })
  expect(readLockFile(org()).hosts['mle-1']?.tailnet).toBe('100.64.0.9')
  await writeLockFile(org(), { 'mle-1': met(OTHER_KEY) })
  expect(readLockFile(org()).hosts['mle-1']).not.toHaveProperty('tailnet')
})

test('a run that makes nothing leaves no file', async () => {
  await writeLockFile(org(), {})
  expect(existsSync(lockFilePath(org()))).toBe(false)
})

test('a host that was not met stays, one that left the inventory goes', async () => {
  const old = {
    groundwork: '0.1.0',
    hosts: { 'mle-1': { ...met(), since: '2026-11-03T21:04:12Z' }, gone: { ...met(), since: '2026-11-03T21:04:12Z' } },
  }
  writeFileSync(lockFilePath(org()), JSON.stringify(old))
  await writeLockFile(org(), { 'mle-2': met(OTHER_KEY, '203.0.113.8') })
  expect(Object.keys(readLockFile(org()).hosts)).toEqual(['mle-1', 'mle-2'])
})

test('since counts from the key: another address keeps it, another key does not', async () => {
  const since = '2026-11-03T21:04:12Z'
  const at = async (hostKey: string, address: string) => {
    writeFileSync(lockFilePath(org()), JSON.stringify({ groundwork: '0.1.0', hosts: { 'mle-1': { ...met(), since } } }))
    await writeLockFile(org(), { 'mle-1': met(hostKey, address) })
    return readLockFile(org()).hosts['mle-1']?.since
  }
  expect(await at(HOST_KEY, '203.0.113.9')).toBe(since)
  expect(await at(OTHER_KEY, '203.0.113.7')).not.toBe(since)
})

test('only what is said goes in: no sandbox beside others, nothing else that a caller carries', async () => {
  const more = { ...met(), key: 'hunter2', password: 'hunter2' }
  await writeLockFile(org(), { 'mle-1': more, 'mle-3': met() })
  expect(text()).not.toContain('hunter2')
  expect(Object.keys(readLockFile(org()).hosts)).toEqual(['mle-1'])
})

test('the version is that of package.json', () => {
  expect(JSON.parse(readFileSync('package.json', 'utf8')).version).toBe(VERSION)
})

test('what a newer groundwork wrote is refused, an older one is read', () => {
  const fault = faultOf('groundwork: 99.0.0\nhosts: {}\nimages: {}\n')
  expect(fault.exit).toBe(64)
  expect(fault.message).toContain('A newer groundwork (99.0.0) wrote')
  writeFileSync(lockFilePath(org()), 'groundwork: 0.0.9\nhosts: {}\n')
  expect(readLockFile(org())).toEqual({ hosts: {} })
})

test.each([
  ['groundwork: 0.1.0\nhosts:\n  mle-1: {\n', '4:1'],
  ['', '1:1'],
  [
    'groundwork: 0.1.0\nhosts:\n  mle-1:\n    hostKey: SHA256:short\n    address: 203.0.113.7\n    since: 2026-11-03T21:04:12Z\n',
    '4:14  hosts.mle-1.hostKey',
  ],
  [
    'groundwork: 0.1.0\nhosts:\n  mle-1:\n    hostKye: x\n    address: 203.0.113.7\n    since: 2026-11-03T21:04:12Z\n',
    '4:5  hosts.mle-1.hostKye  is not a key here (did you mean hostKey?)',
  ],
  ['groundwork: 0.1.0\nhosts: {}\n<<<<<<< ours\n', '3:1'],
])('a broken one is told with its place', (content, says) => {
  const fault = faultOf(content)
  expect(fault.exit).toBe(64)
  expect(fault.message).toContain(says)
})
