import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { live } from '../../src/report/live.ts'
import { ScreenBuffer } from './screen-buffer.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

test('a moving line that is too long is cut, coloured or not', () => {
  const screen = new ScreenBuffer(20)
  let turn = 0
  const view = live(screen, () => [`${turn++} \x1b[31m${'x'.repeat(50)}\x1b[39m`])
  for (let times = 0; times < 3; times++) vi.advanceTimersByTime(100)
  expect(screen.text).toBe(`2 ${'x'.repeat(17)}…`)
  view.end()
})

test('finished lines stay, the moving part is gone at the end', () => {
  const screen = new ScreenBuffer()
  const view = live(screen, () => ['moving'])
  view.print('one')
  view.print('two')
  vi.advanceTimersByTime(100)
  expect(screen.text).toBe('one\ntwo\nmoving')
  view.end()
  expect(screen.text).toBe('one\ntwo')
})

test('a window that became narrower: the whole moving part is cleared', () => {
  const screen = new ScreenBuffer(30)
  let line = 'y'.repeat(30)
  const view = live(screen, () => [line])
  view.touch()
  // What a terminal does when it is made narrower: the long line takes three rows.
  screen.columns = 10
  screen.rewrap()
  line = 'short'
  vi.advanceTimersByTime(100)
  view.end()
  expect(screen.text).toBe('')
})
