import fc from 'fast-check'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { emitterOf } from '../../src/resources/emit.ts'
import { hostile, tokens } from '../faults/hostile-values.ts'

// Any text, and text of what has meant something to some reader.
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        ...tokens,
        '\x7f',
        '\x9b',
        '\u2029',
        ...hostile,
        '${x}',
        '%{x}',
        '{{ x }}',
        '$(id)',
        '`id`',
        '\\',
        '"',
      ),
      {
        maxLength: 6,
      },
    )
    .map((parts) => parts.join('')),
)

// What the formats' own grammars let stand in a line of text: the parsers here forgive more than Docker's do.
const PRINTABLE: Readonly<Record<string, RegExp>> = {
  'a.json': /^[^\0-\x1f]*$/,
  'a.toml': /^[^\0-\x1f\x7f]*$/,
  'a.yaml': /^[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u,
  'a.yml': /^[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u,
}

const formats: readonly (readonly [string, string, (file: string) => unknown])[] = [
  ['JSON', 'a.json', (file) => JSON.parse(`{"a": {"b": ${file}, "c": 1}}`)],
  ['YAML 1.2', 'a.yaml', (file) => parseYaml(`a:\n  b: ${file}\n  c: 1\n`)],
  ['YAML 1.1, as Docker reads it', 'a.yml', (file) => parseYaml(`a:\n  b: ${file}\n  c: 1\n`, { version: '1.1' })],
  ['YAML in a list of its own', 'a.yml', (file) => ({ a: { b: parseYaml(`[${file}]`)[0], c: 1 } })],
  ['TOML', 'a.toml', (file) => parseToml(`[a]\nb = ${file}\nc = 1\n`)],
]

describe.each(formats)('%s', (_, path, read) => {
  test('any text comes back as it went in, and nothing beside it', () =>
    fc.assert(
      fc.property(
        text.filter((value) => value.isWellFormed()),
        (value) => {
          const written = emitterOf(path)(value)
          expect(written).toMatch(PRINTABLE[path] ?? /^$/)
          expect(read(written)).toEqual({ a: { b: value, c: 1 } })
        },
      ),
      { numRuns: 10_000 },
    ))

  test.each([[true], [false], [0], [-7.5], ['yes'], ['no'], ['010'], ['1e3'], ['2026-11-25'], ['~'], ['']])(
    '%j keeps its type',
    (value) => expect(read(emitterOf(path)(value))).toEqual({ a: { b: value, c: 1 } }),
  )

  test.each([
    [undefined],
    [null],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1n],
    ['\ud800'],
    [() => 1],
    [Symbol('a')],
  ])('what is no value is refused: %s', (value) => expect(() => emitterOf(path)(value)).toThrow(TypeError))
})

test.each([['a.json'], ['a.yaml']])('%s takes lists and maps', (path) => {
  const value = { a: ['b: c', { d: '- e' }], '<<': '*x' }
  expect(parseYaml(emitterOf(path)(value))).toEqual(value)
})

describe('an environment file', () => {
  test('carries only what every reader reads the same', () =>
    fc.assert(
      fc.property(text, (value) => {
        const plain = /^[A-Za-z0-9_@%+=:,./-]*$/.test(value)
        if (plain) expect(emitterOf('a.env')(value)).toBe(value)
        else expect(() => emitterOf('a.env')(value)).toThrow(TypeError)
      }),
      { numRuns: 10_000 },
    ))
})

test('every other file takes one line', () =>
  fc.assert(
    fc.property(text, (value) => {
      const emit = emitterOf('/etc/nginx/nginx.conf')
      if (/[\p{Cc}\u2028\u2029]/u.test(value)) expect(() => emit(value)).toThrow('text of one line')
      else expect(emit(value)).toBe(value)
    }),
  ))

test('HCL is refused, with what to write instead', () =>
  expect(() => emitterOf('vault.hcl')).toThrow('write it as JSON'))
