import fc from 'fast-check'
import { expect, test } from 'vitest'
import { secret } from '../../src/engine/secret.ts'
import { jsonLine, jsonReader } from '../../src/report/json.ts'
import { Collect } from './collect.ts'
import { run, summary } from './events.ts'

test('one event a line, the summary last', () => {
  const sink = new Collect()
  const reader = jsonReader(sink, () => 0)
  for (const event of [run(), summary(), { event: 'fault', what: 'The lock was not given back.' } as const])
    reader.report(event)
  reader.end()
  reader.end()
  const lines = sink.bytes.toString().trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line).event)).toEqual(['run', 'fault', 'summary'])
  expect(lines[2]).toMatch(/^\{"event":"summary","time":"1970-01-01T00:00:00.000Z","hosts":1,/)
})

test('every line is ASCII-safe JSON in valid UTF-8 and means what was told', () => {
  const halves = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))
  fc.assert(
    fc.property(fc.oneof(halves, fc.string({ unit: 'binary' })), (text) => {
      const line = jsonLine({ event: 'note', text }, 0)
      expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
      expect(JSON.parse(line).text).toBe(text.toWellFormed())
    }),
  )
})

test('a secret that slips into an event stays one', () => {
  expect(jsonLine({ event: 'note', text: secret('hunter2') as never }, 0)).toContain('"text":"‹secret›"')
})
