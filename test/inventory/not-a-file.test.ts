import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Fault } from '../../src/engine/fault.ts'
import { readLockFile } from '../../src/inventory/lock-file.ts'
import { readInventory } from '../../src/inventory/read.ts'
import { readPlatform } from '../../src/stacks/platform.ts'

const directory = mkdtempSync(join(tmpdir(), 'not-a-file-'))
const at = (name: string) => join(directory, name)
afterAll(() => rmSync(directory, { recursive: true }))

const faultOf = (read: () => unknown): Fault => {
  try {
    read()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('no fault')
}

writeFileSync(at('file'), '')
writeFileSync(at('huge'), '')
truncateSync(at('huge'), 64 * 2 ** 30)
symlinkSync('loop', at('loop'))
symlinkSync('/dev/zero', at('zero'))
symlinkSync('nowhere', at('dangling'))
spawnSync('mkfifo', [at('pipe')])

const kinds = [
  [at('none.yaml'), 'there is no such file'],
  [directory, 'it is a folder'],
  [join(at('file'), 'mle.yaml'), 'a part of the path is a file'],
  [at('pipe'), 'it is a pipe or a device'],
  [at('zero'), 'it is a pipe or a device'],
  ['/dev/null', 'it is a pipe or a device'],
  [at('loop'), 'a link that leads back to itself'],
  [at('dangling'), 'there is no such file'],
  [at('x'.repeat(300)), 'the name is too long'],
  [at('mle\0.yaml'), 'the name has a NUL character'],
] as const

test.each(kinds)('an inventory is a file: %s', (file, because) => {
  const fault = faultOf(() => readInventory(file))
  expect(fault.message).toBe(`${file} cannot be read.`)
  expect(fault.because).toContain(because)
  expect(fault.try).toContain('inventories/example.yaml')
  expect(fault.exit).toBe(64)
})

test('a file of 64 GiB is read as far as its bound', () => {
  expect(faultOf(() => readInventory(at('huge'))).message).toContain('1:1  is larger than 1 MiB')
})

test('a file that one may not read is told as such', () => {
  writeFileSync(at('secret.yaml'), '', { mode: 0o000 })
  // Root reads everything: somebody else is asked.
  process.seteuid?.(65534)
  try {
    expect(faultOf(() => readInventory(at('secret.yaml'))).because).toBe('you may not read it')
  } finally {
    process.seteuid?.(0)
  }
})

test.each(kinds.slice(1, 2))('a lock file is a file, or there is none: %s', (folder, because) => {
  const org = (name: string) => ({
    name,
    file: join(folder, 'mle.yaml'),
    hosts: [{ name: 'a', provider: 'existing' as const }],
  })
  expect(readLockFile(org('none'))).toEqual({ hosts: {} })
  spawnSync('mkdir', [at('mle.lock.yaml')])
  expect(faultOf(() => readLockFile(org('mle')))).toMatchObject({ because, exit: 64 })
  spawnSync('mkfifo', [at('pipe.lock.yaml')])
  expect(faultOf(() => readLockFile(org('pipe'))).because).toContain('it is a pipe')
})

test('a platform is a folder of files', () => {
  for (const make of [['mkdir', '-p'], ['mkfifo'], ['ln', '-s', '/dev/zero']]) {
    const name = make[0] as string
    spawnSync('mkdir', ['-p', at(name)])
    spawnSync(name, [...make.slice(1), join(at(name), 'platform.yaml')])
    expect(faultOf(() => readPlatform(name, directory)).exit).toBe(64)
  }
})
