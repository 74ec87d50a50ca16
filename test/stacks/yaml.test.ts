import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readYaml, writeYaml } from '../../src/stacks/yaml.ts'

const words = [
  'on',
  'off',
  'yes',
  'no',
  'y',
  'N',
  'true',
  'null',
  '~',
  '010',
  '0x1f',
  '1.10',
  '1_000',
  '22:22',
  '1e3',
  '.5',
  '',
]
const others = [
  '2026-11-24',
  '=',
  '- a',
  'a: b',
  '#',
  ' x ',
  'two\nlines',
  '*a',
  '&a',
  '!t',
  '%d',
  '@',
  '`',
  '"',
  "'",
  'ü',
]

describe('what is written is the same text in YAML 1.1 and 1.2', () => {
  test.each([...words, ...others])('%j', (text) => {
    for (const version of ['1.1', '1.2'] as const) {
      expect(parse(writeYaml({ [text]: text, list: [text] }), { version })).toEqual({ [text]: text, list: [text] })
    }
  })
})

describe('what is read is what Docker reads', () => {
  test.each([
    ['on', true],
    ['010', 8],
    ['80:80', '80:80'],
    ['1:30.5', '1:30.5'],
    ['2026-11-24', '2026-11-24'],
    ['"on"', 'on'],
    ['1.10', 1.1],
  ])('%s', (text, value) => {
    expect((readYaml('a.yaml', `key: ${text}`).value as { key: unknown }).key).toBe(value)
  })

  test('merge keys', () => {
    expect(readYaml('a.yaml', 'a: &a { b: 1 }\nc: { <<: *a, d: 2 }').value).toMatchObject({ c: { b: 1, d: 2 } })
  })

  test('a place', () => {
    expect(readYaml('a.yaml', 'a:\n  b:\n    c: 1\n').at(['a', 'b', 'nothing'])).toBe('a.yaml:3')
  })

  test('a fault has its line', () => {
    expect(() => readYaml('a.yaml', 'a: 1\nb: [\n')).toThrow(
      expect.objectContaining({ at: expect.stringMatching(/^a\.yaml:[23]$/) }),
    )
  })
})
