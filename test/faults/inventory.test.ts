import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fault } from '../../src/engine/fault.ts'
import { parseLockFile } from '../../src/inventory/lock-file.ts'
import { parseInventory } from '../../src/inventory/read.ts'
import { thrownLines } from '../../src/report/fault.ts'
import { base, sandboxes } from '../inventory/broken/base.ts'
import { table } from '../inventory/broken/table.ts'
import { chance, part } from './chance.ts'
import { found } from './inventory-found.ts'
import { mutated } from './mutations.ts'

const valid = [
  ...['example', 'sandbox'].map((name) => readFileSync(`inventories/${name}.yaml`, 'utf8')),
  base,
  sandboxes,
]
const broken = table
  .map(({ from = base, broken: [find, put] }) => from.replace(find, () => put))
  .filter((text) => text.length < 10_000)
// Half of the time, what is changed is valid before.
const inventories = [
  ...valid.flatMap((text) => Array<string>(Math.ceil(broken.length / valid.length)).fill(text)),
  ...broken,
]

const lockFiles = [
  `# Written by groundwork: what it has found out. Commit it. It holds no secret.
groundwork: 0.1.0
hosts:
  mle-1:
    hostKey: SHA256:cvIB5vdzFMcMcnFDfOr6z0fk4z+ggGYqtAQapYnSiO0
    address: 203.0.113.7
    since: 2026-11-03T21:04:12Z
  mle-2:
    hostKey: SHA256:cvIB5vdzFMcMcnFDfOr6z0fk4z+ggGYqtAQapYnSiO1
    address: 2001:db8::7
    since: 2026-11-03T21:04:13Z
`,
]

/** What reading came to: valid, or faults, each at a place inside the file and fit for a terminal. Anything else is thrown. */
function outcome(read: (content: Uint8Array, file: string) => unknown, content: Uint8Array): 'valid' | 'faults' {
  const before = process.cpuUsage()
  const result = told(read, content)
  const { user, system } = process.cpuUsage(before)
  // Time of this process, not of the clock: reading waits for nothing, and the machine may be busy with something else.
  expect((user + system) / 1e6, 'seconds').toBeLessThan(1)
  return result
}

function told(read: (content: Uint8Array, file: string) => unknown, content: Uint8Array): 'valid' | 'faults' {
  try {
    read(content, 'mle.yaml')
    return 'valid'
  } catch (error) {
    if (!(error instanceof Fault) || error.exit !== 64) throw error
    expect(thrownLines(error).join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
    if (error.message.startsWith('A newer groundwork')) return 'faults'
    const lines = Buffer.from(content)
      .toString()
      .replace(/^\ufeff/, '')
      .split('\n')
    const places = [...error.message.matchAll(/^ {2}(\d+):(\d+) /gm)]
    expect(places.length, error.message).toBeGreaterThan(0)
    for (const [, line, column] of places) {
      expect(Number(line)).toBeLessThanOrEqual(lines.length)
      expect(Number(column)).toBeLessThanOrEqual((lines[Number(line) - 1]?.length ?? 0) + 1)
    }
    return 'faults'
  }
}

// The same as a base, of an inventory that says nothing itself.
const folder = mkdtempSync(join(tmpdir(), 'bases-'))
afterAll(() => rmSync(folder, { recursive: true }))
const overBase = (content: Uint8Array) => {
  writeFileSync(join(folder, 'base.yaml'), content)
  return parseInventory('organization: mle\nbase: ./base.yaml\n', join(folder, 'mle.yaml'))
}

let connections = 0
const count = () => {
  connections++
}
beforeAll(() => subscribe('net.client.socket', count))
afterAll(() => {
  unsubscribe('net.client.socket', count)
  expect(connections).toBe(0)
})

describe('what was found once is told since', () => {
  test.each(found)('$name', ({ text }) => {
    expect(outcome(parseInventory, Buffer.from(text))).toBe('faults')
    expect(outcome(overBase, Buffer.from(text))).toBe('faults')
  })
})

describe.each([
  { what: 'an inventory', read: parseInventory, from: inventories, parts: part(1, 10), times: 5000 },
  { what: 'a base', read: overBase, from: inventories, parts: 1, times: part(2000, 20_000) },
  { what: 'a lock file', read: parseLockFile, from: lockFiles, parts: 1, times: part(1000, 10_000) },
])('$what, whatever became of it', ({ what, read, from, parts, times }) => {
  const all = Array.from({ length: parts }, (_, index) => index + 1)
  test.each(all)(`is read or told, ${times} times, in less than a second each (%i of ${parts})`, (number) => {
    const random = chance(`${what} ${number}`)
    const results = { valid: 0, faults: 0 }
    for (let index = 0; index < times; index++) {
      const content = mutated(from, random)
      try {
        results[outcome(read, content)]++
      } catch (error) {
        throw new Error(`number ${index}: ${JSON.stringify(Buffer.from(content).toString('latin1'))}`, { cause: error })
      }
    }
    console.log(what, results)
    // Neither everything nor nothing is let through: the changes are small and large.
    expect(results.valid).toBeGreaterThan(times / 50)
    expect(results.faults).toBeGreaterThan(times / 4)
  })
})
