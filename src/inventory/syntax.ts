import { type Document, isCollection, isNode, isPair, type Node, type YAMLError } from 'yaml'
import { TOO_DEEP } from './bounds.ts'
import type { Found } from './mark.ts'

/** What makes a text no YAML: every tab that indents, else the first fault, since those after it are mostly its echo. */
export function syntaxFaults(document: Document, text: string): readonly Found[] {
  const [first, ...rest] = document.errors
  if (!first) return directives(document, text)
  const tabs = rest.filter(({ code }) => code === 'TAB_AS_INDENT')
  return [first, ...(first.code === 'TAB_AS_INDENT' ? tabs : [])].map((error) => ({
    offset: unclosedQuote(error) ? lastScalar(document.contents, error.pos[0]) : pastSpaces(text, error.pos[0]),
    length: 1,
    path: [],
    message: wordsFor(error, rest),
  }))
}

// A directive may make another YAML of it, in which 010 is 8 and yes is true.
function directives(document: Document, text: string): readonly Found[] {
  const { yaml, tags } = document.directives ?? { yaml: {}, tags: {} }
  const unknown = document.warnings.some(({ code }) => code === 'BAD_DIRECTIVE')
  if (!yaml.explicit && Object.keys(tags).length < 2 && !unknown) return []
  return [{ offset: Math.max(0, text.search(/^%/m)), length: 1, path: [], message: WORDS.BAD_DIRECTIVE ?? '' }]
}

// In our words, and without what the library quotes of the text: it may be a pasted private key.
function wordsFor({ code, message, pos }: YAMLError, rest: readonly YAMLError[]): string {
  if (message.includes('closing')) return 'begins with a quote that is never closed'
  if (message.startsWith('Flow ')) return 'the [ or { before this is not closed; close it, or indent this further'
  if (message.startsWith('Sequence item without')) return WORDS.BAD_INDENT ?? ''
  if (
    code === 'BLOCK_AS_IMPLICIT_KEY' &&
    rest.some((one) => one.code === 'MULTILINE_IMPLICIT_KEY' && one.pos[0] === pos[0])
  )
    return 'is followed by a line that is indented too far'
  if (code === 'MULTILINE_IMPLICIT_KEY' || message.includes('need to be followed by map values'))
    return 'is no "key: value"; a colon and a space are missing'
  return WORDS[code] ?? `is not YAML (${code.toLowerCase().replaceAll('_', ' ')})`
}

const WORDS: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'is a tab; indent with spaces',
  MULTIPLE_DOCS: 'begins a second document; one file holds one inventory',
  BLOCK_AS_IMPLICIT_KEY: 'has a second ": " in one line; put the value in quotes',
  BAD_INDENT: 'is indented otherwise than the lines it belongs to',
  BAD_SCALAR_START: 'begins with a character that YAML keeps for itself; put the value in quotes',
  BAD_DIRECTIVE: 'is a directive; take the line out',
  BAD_DQ_ESCAPE: 'has a backslash that means nothing; write it twice, or use single quotes',
  BLOCK_IN_FLOW: 'lacks a comma before what follows, or holds lines where only [ ] and { } may stand',
  BAD_ALIAS: 'begins with * or &; put the value in quotes',
  UNEXPECTED_TOKEN: 'does not belong here; is a bracket or a quote too many, or a line not indented?',
  RESOURCE_EXHAUSTION: TOO_DEEP,
  MISSING_CHAR: 'lacks something before it: a comma, a colon, a dash or a space',
}

const pastSpaces = (text: string, offset: number): number =>
  text[offset] === ' ' ? offset + text.slice(offset).search(/[^ ]|$/) : offset

const unclosedQuote = ({ message }: YAMLError): boolean => message.includes('closing')

// The library points at the end of the file; a person looks for where the quote was opened.
function lastScalar(contents: unknown, otherwise: number): number {
  let node = contents
  while (isCollection(node) || isPair(node)) node = isPair(node) ? (node.value ?? node.key) : node.items.at(-1)
  return isNode(node) ? ((node as Node).range?.[0] ?? otherwise) : otherwise
}
