import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cut, padded, spread, width, wrapped } from '../../src/report/width.ts'

test.each([
  ['host', 4],
  ['日本', 4],
  ['🐝', 2],
  ['e\u0301', 1],
  ['\x1b[31mred\x1b[39m', 3],
])('%s takes %i columns', (line, columns) => expect(width(line)).toBe(columns))

test('a cut line never takes more than it may', () => {
  const lines = fc.string({ unit: fc.constantFrom('a', ' ', '日', '🐝', '\u0301') })
  fc.assert(fc.property(lines, fc.nat(40), (line, columns) => width(cut(line, columns)) <= columns))
})

test('a cut line says that it is cut', () => {
  expect(cut('file /etc/docker/daemon.json', 12)).toBe('file /etc/d…')
  expect(cut('日本語', 4)).toBe('日…')
  expect(cut('short', 5)).toBe('short')
})

test('the right part keeps its place, the left one gives way', () => {
  expect(spread('left', '2 s', 14)).toBe('left       2 s')
  expect(spread('a long left part', '2 s', 14)).toBe('a long l…  2 s')
  expect(padded('日', 4)).toBe('日  ')
})

test('a text breaks between words, and loses none', () => {
  expect(wrapped('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrapped('alongword two', 5)).toEqual(['alongword', 'two'])
  const texts = fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1 }).map((words) => words.join(' '))
  fc.assert(
    fc.property(texts, fc.integer({ min: 9, max: 40 }), (text, columns) => {
      const lines = wrapped(text, columns)
      return lines.join(' ') === text && lines.every((line) => width(line) <= columns)
    }),
  )
})
