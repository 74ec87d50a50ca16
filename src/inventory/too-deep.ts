import { Lexer } from 'yaml'

/** How deep maps and lists may stand in each other. */
export const DEEPEST = 32

/**
 * The offset at which brackets, or dashes of one line, nest deeper than that. Looked for before parsing, because the
 * parser takes a quarter of a minute for a file full of brackets.
 */
export function tooDeep(text: string): number | undefined {
  const dashes = new RegExp(`^[ \\t]*(?:[-?:][ \\t]+){${DEEPEST + 1}}`, 'm').exec(text)
  if (dashes) return dashes.index
  let offset = 0
  let open = 0
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') open++
    if (token === ']' || token === '}') open--
    if (open > DEEPEST) return offset
    if (!MARKS.has(token)) offset += token.length
  }
  return undefined
}

// The lexer's own marks, which are no text: a document begins, a flow ends, a scalar comes.
const MARKS = new Set(['\u0002', '\u0018', '\u001f'])
