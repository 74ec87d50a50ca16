import { expect, test } from 'vitest'
import { Fault } from '../../src/engine/fault.ts'
import { faultEvent, faultLines, thrownLines } from '../../src/report/fault.ts'

test('four parts, of which only what is there is printed', () => {
  expect(
    thrownLines(new Fault('bee shows another host key.', { because: 'known  A\nshown  B', try: 'repin bee' })),
  ).toEqual([
    '✗ bee shows another host key.',
    '  because    known  A',
    '             shown  B',
    '  try        repin bee',
    '  again      the same command goes on where this stopped',
  ])
})

test('an inventory’s faults print as they are', () => {
  const text =
    'inventories/mle.yaml has 1 fault:\n\n  14:11  hosts[1].role  is "mangr"\n\n  14 │     role: mangr\n     │           ^^^^^'
  expect(thrownLines(new Fault(text, { exit: 64 })).join('\n')).toBe(text)
})

test.each([64, 75, 130] as const)('exit %i: the same command does not simply go on', (exit) => {
  expect(thrownLines(new Fault('The lock is held.', { try: 'add --wait', exit }))).toEqual([
    '✗ The lock is held.',
    '  try        add --wait',
  ])
})

test('a fault that says itself that the same command goes on does not say it twice', () => {
  const lines = thrownLines(new Fault('The fix failed.', { try: 'the same command goes on where this stopped' }))
  expect(lines.filter((line) => line.includes('same command'))).toHaveLength(1)
})

test('a place too long for one line has a line of its own', () => {
  expect(faultLines({ event: 'fault', at: 'x'.repeat(90), what: 'did not take' }, { goesOn: false })).toEqual([
    `✗ ${'x'.repeat(90)}`,
    '  did not take',
  ])
})

test('what a host says cannot steer the terminal', () => {
  expect(faultLines({ event: 'fault', at: 'a\x1b[1A', what: 'b\x07', because: '\u202ec' }).join()).not.toMatch(
    /[\x07\x1b\u202e]/,
  )
})

test('all else is a bug and shows its stack', () => {
  const lines = thrownLines(new TypeError('undefined is not a function'))
  expect(lines[0]).toContain('bug in groundwork')
  expect(lines.join('\n')).toMatch(/TypeError: undefined is not a function\n +at /)
})

test('a fault as an event has only the parts that it has', () => {
  expect(faultEvent(new Fault('x', { at: 'bee' }), ['checks'])).toEqual({
    event: 'fault',
    what: 'x',
    at: 'bee',
    notTried: ['checks'],
  })
})
