import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { secret } from '../../src/engine/secret.ts'
import { none, on, quote, running, sh, shown } from '../../src/engine/sh.ts'
import type { Host } from '../../src/inventory/org.ts'

const bee = { name: 'bee' } as Host

describe('the template is raw', () => {
  test.each([
    [sh`printf '%s\n' a`, "printf '%s\\n' a"],
    [sh`sed 's/\./-/'`, "sed 's/\\./-/'"],
    [sh`echo \`date\``, 'echo `date`'],
    [sh`echo "\${HOME}" $HOME`, `echo "\${HOME}" $HOME`],
    [sh`awk '{ print $2 }'`, "awk '{ print $2 }'"],
    [sh`grep -E 'a\\b\$'`, "grep -E 'a\\\\b\\$'"],
  ])('%#', (text, expected) => {
    expect(running(text)).toBe(expected)
  })
})

describe('values are words', () => {
  test.each([
    [sh`echo ${'a b'}`, "echo 'a b'"],
    [sh`echo ${''}`, "echo ''"],
    [sh`echo ${"it's"}`, `echo 'it'\\''s'`],
    [sh`echo ${'/etc/motd'}`, 'echo /etc/motd'],
    [sh`echo ${['a', 'b c', '$d']}`, "echo a 'b c' '$d'"],
    [sh`echo ${[]} end`, 'echo  end'],
    [sh`echo ${1.5}`, 'echo 1.5'],
    [sh`if ${sh`test -e ${'/a b'}`}; then :; fi`, "if test -e '/a b'; then :; fi"],
    [sh`echo ${'=ls'}`, "echo '=ls'"],
  ])('%#', (text, expected) => {
    expect(running(text)).toBe(expected)
  })

  test('what a shell cannot carry is refused', () => {
    expect(() => sh`echo ${'a\0b'}`).toThrow('NUL')
    expect(() => sh`echo ${'a\ud800b'}`).toThrow('surrogate')
    expect(() => running(sh`echo ${secret('\udc00')}`)).toThrow('surrogate')
  })
})

describe('secrets', () => {
  const text = sh`printf %s ${secret("pa'ss")} ${['x', secret('two')]}`

  test('run as the value and are shown as a word', () => {
    expect(running(text)).toBe(`printf %s 'pa'\\''ss' x two`)
    expect(shown(text)).toBe('printf %s ‹secret› x ‹secret›')
  })

  test('have no printable form', () => {
    const hidden = secret('hunter2')
    expect(`${hidden} ${JSON.stringify({ hidden })} ${String(hidden)}`).not.toContain('hunter2')
  })
})

test('what another host knows goes in as one quoted word, and is shown as a secret', () => {
  const text = sh`join ${on(bee, sh`docker swarm join-token -q worker`)}`
  expect(running(text, () => 'a token')).toBe("join 'a token'")
  expect(shown(text)).toBe('join ‹secret›')
  expect(() => running(text)).toThrow('another host')
})

test('none() turns one exit status into 44 and keeps the others', () => {
  const exits = [0, 1, 2].map(
    (exit) => spawnSync('dash', ['-c', running(none(sh`(exit ${exit})`, { exit: 1 }))]).status,
  )
  expect(exits).toEqual([0, 44, 2])
})

// Strings of every kind of character, and of those that shells care about.
const strings = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(
      "'",
      '"',
      '\\',
      '$',
      '`',
      '\n',
      '!',
      ' ',
      '*',
      '-',
      '=',
      '#',
      'ü',
      '😀',
      '\r',
      '\t',
      '\x1b',
      'a',
    ),
    maxLength: 20,
  }),
)

describe.each([
  ['dash', ['dash']],
  ['bash', ['bash']],
  ['busybox', ['busybox', 'sh']],
])('10,000 random strings through a real %s', (_name, [command = '', ...options]) => {
  test('come back equal', { timeout: 60_000 }, () => {
    const words = fc.sample(
      strings.filter((word) => !word.includes('\0') && word.isWellFormed()),
      { numRuns: 10_000, seed: 42 },
    )
    for (let from = 0; from < words.length; from += 500) {
      const some = words.slice(from, from + 500)
      const script = running(sh`for word in ${some}; do printf '%s\0' "$word"; done`)
      const { stdout, status, error } = spawnSync(command, [...options, '-s'], { input: script, maxBuffer: 1 << 26 })
      expect(error).toBeUndefined()
      expect(status).toBe(0)
      expect(stdout.toString('utf8').split('\0').slice(0, -1)).toEqual(some)
    }
  })
})

test('a lone surrogate is refused wherever it stands', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0xd800, max: 0xdfff }), (around, unit) => {
      expect(() => quote(`a${around}${String.fromCharCode(unit)}a`)).toThrow('surrogate')
    }),
  )
})
