import { expect, test } from 'vitest'
import { didYouMean, nearest } from '../../src/inventory/nearest.ts'

const keys = ['address', 'port', 'hostKey', 'timeZone', 'firstUser', 'user']

test.each([
  ['adress', 'address'],
  ['prot', 'port'],
  ['host_key', 'hostKey'],
  ['time-zone', 'timeZone'],
  ['TIMEZONE', 'timeZone'],
  ['fristUser', 'firstUser'],
  ['region', undefined],
  ['x', undefined],
  ['', undefined],
  ['a'.repeat(100_000), undefined],
])('%s', (word, meant) => {
  expect(nearest(word, keys)).toBe(meant)
})

test('as words', () => {
  expect(didYouMean('adress', keys)).toBe(' (did you mean address?)')
  expect(didYouMean('region', keys)).toBe('')
})
