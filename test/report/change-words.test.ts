import { expect, test } from 'vitest'
import { changeWords, doneWords } from '../../src/report/change-words.ts'

const hash = 'a'.repeat(64)

test.each([
  [{ replicas: ['0', '1'], 'memory limit': [null, '256 MiB'] }, 'replicas 0 → 1 · memory limit none → 256 MiB'],
  [{ content: [hash, 'b'.repeat(64)], mode: ['600', '644'] }, 'content · mode 600 → 644'],
  [{ content: [null, hash], mode: [null, '644'] }, 'missing → mode 644'],
  [{ secret: [null, '‹secret›'] }, 'missing → made'],
  [{ password: ['old password', '‹secret›'] }, 'password'],
  [{ names: ['a\nb', 'a'] }, 'names'],
  [{ link: ['', '/usr/share\x1b[2J'] }, 'link empty → /usr/share\\x1b[2J'],
] as const)('%j is said as %s', (changes, words) => expect(changeWords(pairs(changes))).toBe(words))

test('what was made so reads as done', () => {
  expect(doneWords(pairs({ content: [hash, hash], mode: ['600', '644'] }))).toBe('content changed · mode 600 → 644')
  expect(doneWords(pairs({ state: [null, 'active'] }))).toBe('missing → state active')
})

const pairs = (changes: Readonly<Record<string, readonly [string | null, string]>>) =>
  Object.entries(changes).map(([key, [from, to]]) => ({ key, from, to }))
