import { expect, test } from 'vitest'
import { count, duration, size } from '../../src/report/words.ts'

test.each([
  [0, '0 s'],
  [0.04, '0 s'],
  [0.6, '0.6 s'],
  [0.96, '1 s'],
  [2.03, '2 s'],
  [1.44, '1.4 s'],
  [9.4, '9.4 s'],
  [9.96, '10 s'],
  [12.4, '12 s'],
  [59.6, '1 min'],
  [101, '1 min 41 s'],
  [3599.7, '1 h'],
  [7500, '2 h 5 min'],
  [-1, '0 s'],
])('%d seconds are said as %s', (seconds, words) => expect(duration(seconds)).toBe(words))

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1_500_000, '1.4 MiB'],
  [88_000_000, '84 MiB'],
  [1024 ** 2 - 1, '1 MiB'],
  [10.04 * 1024, '10 KiB'],
  [5 * 1024 ** 3, '5 GiB'],
])('%d bytes are said as %s', (bytes, words) => expect(size(bytes)).toBe(words))

test('one is one, all else are many', () => {
  expect([count(1, 'host'), count(0, 'host'), count(3, 'host'), count(2, 'entry', 'entries')]).toEqual([
    '1 host',
    '0 hosts',
    '3 hosts',
    '2 entries',
  ])
})
