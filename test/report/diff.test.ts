import fc from 'fast-check'
import { expect, test } from 'vitest'
import { secret } from '../../src/engine/secret.ts'
import { unifiedDiff } from '../../src/report/diff.ts'

test('the lines that differ, with two around them', () => {
  expect(unifiedDiff('1\n2\n3\n4\n5\n6\n7\n', '1\n2\n3\nfour\n5\n6\n7\n')).toBe(
    '@@ -2,5 +2,5 @@\n 2\n 3\n-4\n+four\n 5\n 6',
  )
})

test('equal texts have no diff', () => expect(unifiedDiff('a\n', 'a\n')).toBe(''))

test('a missing newline at the end is a difference', () => {
  expect(unifiedDiff('a', 'a\n')).toContain('\\ No newline at end of file')
})

test('an earlier secret does not show either', () => {
  expect(unifiedDiff('user x\npassword old\n', 'user x\npassword new\n', [secret('new')])).toBe(
    '@@ -1,2 +1,2 @@\n user x\n-‹secret›\n+password ‹secret›',
  )
})

test('no secret, old or new, is ever in a diff', () => {
  const word = fc.stringMatching(/^[A-Z]{6,12}$/)
  const lines = fc.array(fc.stringMatching(/^[a-z]{0,5}$/))
  fc.assert(
    fc.property(lines, lines, word, word, (before, after, old, next) => {
      fc.pre(!next.includes(old) && !old.includes(next))
      const text = (value: string) => [...before, `key=${value}`, ...after].join('\n')
      const diff = unifiedDiff(text(old), text(next), [secret(next)])
      return !diff.includes(old) && !diff.includes(next)
    }),
  )
})
