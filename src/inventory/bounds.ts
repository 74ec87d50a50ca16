import { Lexer } from 'yaml'
import type { Found } from './mark.ts'

/** How deep maps and lists may stand in each other. */
export const DEEPEST = 32

/** How many characters one key, and one value, may have: the longest public key has 2,900. */
export const LONGEST = { key: 128, value: 8192 } as const

/** The largest file that is read at all. */
export const LARGEST_BYTES = 1024 * 1024

// Some 2,500 lines. The parser takes a second for ten times as many, and a quarter of a minute for a file full of brackets.
const MOST_PIECES = 20_000

/** What makes a text too deep or too long to be parsed in a moment, at the place where it becomes so. */
export function outOfBounds(text: string): Found | undefined {
  const measure = measured(text)
  return typeof measure === 'number' ? undefined : measure
}

/** How many words and marks a text has; or what makes it too deep or too long to be parsed in a moment, at the place where it becomes so. */
export function measured(text: string, piecesBefore = 0): number | Found {
  if (Buffer.byteLength(text) > LARGEST_BYTES) return at(0, 'is larger than 1 MiB; that is no inventory')
  const dashes = new RegExp(`^[ \\t]*(?:[-?:][ \\t]+){${DEEPEST + 1}}`, 'm').exec(text)
  if (dashes) return at(dashes.index, TOO_DEEP)
  let offset = 0
  let open = 0
  let pieces = piecesBefore
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') open++
    if (token === ']' || token === '}') open--
    if (open > DEEPEST) return at(offset, TOO_DEEP)
    if (MARKS.has(token)) continue
    if (++pieces > MOST_PIECES)
      return at(
        offset,
        piecesBefore
          ? 'is where the file becomes too long: 20,000 words and marks stand before it, with the files that stand on it'
          : 'is where the file becomes too long: 20,000 words and marks stand before it',
      )
    offset += token.length
  }
  return pieces
}

/** Said by the parser, too, which gives up at a thousand levels. */
export const TOO_DEEP = `is nested deeper than ${DEEPEST} levels`

const at = (offset: number, message: string): Found => ({ offset, length: 1, path: [], message })

// The lexer's own marks, which are no text: a document begins, a flow ends, a scalar comes.
const MARKS = new Set(['\u0002', '\u0018', '\u001f'])
