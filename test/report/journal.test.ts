import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openJournal } from '../../src/report/journal.ts'
import { daemonDrift, run, step, summary, unhealthy } from './events.ts'

let state: string
const runs = () => join(state, 'groundwork', 'bees', 'runs')
const time = Date.UTC(2026, 10, 22, 21, 4, 12)

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'journal-'))
  vi.stubEnv('XDG_STATE_HOME', state)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(state, { recursive: true })
})

test('every event is in the file before the report returns, and only we can read it', () => {
  const journal = openJournal('bees', 'a1', () => time)
  const events = [run(), step('docker', 'running'), daemonDrift('applying'), unhealthy, summary()]
  for (const [index, event] of events.entries()) {
    journal.report(event)
    const lines = readFileSync(journal.path, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(events.slice(0, index + 1).map((told) => told.event))
  }
  journal.end()
  journal.end()
  expect(journal.path).toBe(join(runs(), '20261122T210412Z-a1.jsonl'))
  expect(statSync(journal.path).mode & 0o777).toBe(0o600)
  expect(statSync(runs()).mode & 0o777).toBe(0o700)
})

test('two runs in the same second do not share a file', () => {
  const paths = ['a1', 'b2'].map((id) => {
    const journal = openJournal('bees', id, () => time)
    journal.end()
    return journal.path
  })
  expect(new Set(paths).size).toBe(2)
})

test('the newest hundred are kept, other files are left alone', () => {
  mkdirSync(runs(), { recursive: true })
  for (let day = 0; day < 120; day++)
    writeFileSync(join(runs(), `2025${String(day).padStart(4, '0')}T000000Z-x.jsonl`), '')
  writeFileSync(join(runs(), 'notes.txt'), '')
  const journal = openJournal('bees', 'a1', () => time)
  journal.end()
  const files = readdirSync(runs()).sort()
  expect(files).toHaveLength(101)
  expect(files[0]).toBe('20250021T000000Z-x.jsonl')
  expect(files).toContain('notes.txt')
  expect(files).toContain('20261122T210412Z-a1.jsonl')
})

test('a full disk refuses the next effect, and still lets the end be told', () => {
  mkdirSync(runs(), { recursive: true })
  // The kernel's own full disk.
  symlinkSync('/dev/full', join(runs(), '20261122T210412Z-a1.jsonl'))
  const journal = openJournal('bees', 'a1', () => time)
  expect(() => journal.report(run())).not.toThrow()
  expect(() => journal.report(daemonDrift('planned'))).not.toThrow()
  expect(() => journal.report(daemonDrift('applying'))).toThrow(
    expect.objectContaining({ name: 'Fault', because: expect.stringContaining('ENOSPC'), at: journal.path }),
  )
  expect(() => journal.report(unhealthy)).not.toThrow()
  expect(() => journal.report(summary())).not.toThrow()
  expect(() => journal.report(step('docker', 'running'))).toThrow('cannot be written')
  journal.end()
})

test('a place that cannot be written is a fault at once', () => {
  writeFileSync(join(state, 'groundwork'), 'a file')
  expect(() => openJournal('bees', 'a1')).toThrow(expect.objectContaining({ name: 'Fault', at: runs() }))
})
