import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable, printableLines } from '../../src/report/printable.ts'

// Written out by code points, not by the property classes that the code itself uses.
const harmful = (text: string): boolean =>
  !text.isWellFormed() ||
  [...text].some((character) => {
    const code = character.codePointAt(0) ?? 0
    const control = code < 0x20 || (code >= 0x7f && code <= 0x9f)
    const direction = [0x061c, 0x200e, 0x200f].includes(code) || (code >= 0x202a && code <= 0x202e)
    return control || direction || (code >= 0x2066 && code <= 0x2069) || code === 0x2028 || code === 0x2029
  })

const anything = fc.string({ unit: 'binary' })
const halves = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))

test('nothing that a host says can steer a terminal', () => {
  fc.assert(fc.property(fc.oneof(anything, halves), (text) => !harmful(printable(text))))
  fc.assert(fc.property(fc.oneof(anything, halves), (text) => !printableLines(text).some(harmful)))
})

test('what is harmless stays as it is', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => printable(text) === text))
})

test.each([
  ['\x1b[2J', '\\x1b[2J'],
  ['a\u202egnp.exe', 'a\\u{202e}gnp.exe'],
  ['\x9b31m', '\\x9b31m'],
  ['\ud800', '\\u{d800}'],
  ['one\ntwo\tthree\r', 'one\\ntwo\\tthree\\r'],
  ['Zoë 日本 🐝', 'Zoë 日本 🐝'],
])('%j prints as %s', (text, words) => expect(printable(text)).toBe(words))

test('lines stay lines, tabs become spaces', () => {
  expect(printableLines('a\r\n\tb\x07')).toEqual(['a', '    b\\x07'])
})
