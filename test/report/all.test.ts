import { expect, test } from 'vitest'
import { labelColumns, rowOf, statusLine, tableHead } from '../../src/report/all.ts'
import { Collect } from './collect.ts'
import { ScreenBuffer } from './screen-buffer.ts'

const summary = (numbers: { inSync: number; changed: number; failed: number }) => ({
  event: 'summary' as const,
  hosts: 2,
  resources: 162,
  unknown: 0,
  connections: 2,
  sessions: 5,
  downloadedBytes: 0,
  downloadSeconds: 0,
  seconds: 1,
  exit: 0,
  ...numbers,
})

test('one row an organization, whatever its name holds', () => {
  const columns = labelColumns(['mle', 'rl', 'four\u001b[2J.yaml'])
  const row = (label: string, of: Parameters<typeof rowOf>[1]) => rowOf(label, of, columns, '/home/ana')
  expect(
    [
      ...tableHead(3, 'inventories', columns, false),
      row('mle', {
        summary: summary({ inSync: 160, changed: 2, failed: 0 }),
        seconds: 101,
        log: '/home/ana/.local/state/groundwork/mle/all.log',
      }),
      row('rl', { summary: summary({ inSync: 161, changed: 0, failed: 1 }), seconds: 0.9, log: '/state/rl/all.log' }),
      row('four\u001b[2J.yaml', { summary: undefined, seconds: 0.3, log: '/state/four.yaml.log' }),
    ].join('\n'),
  ).toBe(`groundwork · 3 organizations · inventories

organization      hosts  in sync  changed  failed  unknown        time  log
mle                   2      160        2       0        0  1 min 41 s  ~/.local/state/groundwork/mle/all.log
rl                    2      161        0       1        0       0.9 s  /state/rl/all.log
four\\x1b[2J.yaml      –        –        –       –        –       0.3 s  /state/four.yaml.log`)
})

test('on a terminal a last line says who is where, and goes when all have ended', () => {
  const screen = new ScreenBuffer(40)
  const status = statusLine(screen)
  status.above('head')
  status.see('mle', 'base')
  status.see('rl', 'docker')
  expect(screen.text).toBe('head\nmle: base · rl: docker')
  status.above('row of another')
  expect(screen.text).toBe('head\nrow of another\nmle: base · rl: docker')
  status.see('mle', 'a-step-with-a-name-that-is-too-long-for-it')
  expect(screen.text.split('\n').at(-1)).toBe('mle: a-step-with-a-name-that-is-too-lo…')
  for (const label of ['mle', 'rl']) status.see(label, undefined)
  status.above('row')
  expect(screen.text).toBe('head\nrow of another\nrow')
})

test('elsewhere only lines are written', () => {
  const log = new Collect()
  const status = statusLine(log)
  status.see('mle', 'base')
  status.above('row')
  expect(log.bytes.toString()).toBe('row\n')
})
