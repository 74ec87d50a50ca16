import type * as z from 'zod'
import { type Known, knownAt } from './known.ts'
import { type Mark, type Path, shown } from './mark.ts'
import { didYouMean, nearest } from './nearest.ts'
import type { Source } from './source.ts'

type Issue = z.core.$ZodIssue

/** Where a value can be seen as it was written. */
type Written = Pick<Source, 'entry'>

/** What a schema says against a text, in words: what was found, what is allowed, what to write. */
export const marksOf = (issues: readonly Issue[], schema: z.ZodType, source: Written): readonly Mark[] =>
  issues.flatMap((issue) => marksOfOne(issue, knownAt(schema, issue.path), source))

function marksOfOne(issue: Issue, known: Known, source: Written): readonly Mark[] {
  const { path, input } = issue
  const mark = (message: string, more: Partial<Mark> = {}): Mark => ({ path, message, ...more })
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: [...path, key],
      key: true,
      meant: nearest(key, known.keys),
      message: `is not a key here${didYouMean(key, known.keys) || `; ${either(known.keys)}`}${lookalike(key)}`,
    }))
  if (issue.code === 'invalid_key') return [mark(`is not a key here; ${issue.issues[0]?.message}`, { key: true })]
  if (input === undefined) return [mark(`is missing; ${allowed(known)}`, { missing: true })]
  if (input === null) return [mark(`is empty; ${allowed(known)}`, { key: true })]
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    const text = typeof input === 'string' ? didYouMean(input, values) : ''
    return [mark(`is ${shown(input)}; ${either(values)}${text}`)]
  }
  if (issue.code === 'invalid_type' && !isWhole(issue)) return [mark(wrongType(issue, path, known, source))]
  // What fits none of the forms of JSON has no message of its own.
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input')
    return [mark(`is ${asWritten(input, path, source)}; must be text, a number, true, false, a list or a map`)]
  if (issue.code === 'invalid_format' || issue.code === 'invalid_type' || issue.code === 'invalid_union')
    return [mark(`is ${asWritten(input, path, source)}; ${issue.message}${lookalike(input)}`)]
  if (issue.code === 'too_small' && Array.isArray(input)) return [mark(issue.message)]
  if (issue.code === 'too_small' || issue.code === 'too_big') return [mark(`is ${shown(input)}; ${issue.message}`)]
  return [mark(issue.message)]
}

const isWhole = (issue: Issue): boolean => 'expected' in issue && String(issue.expected) === 'int'

function wrongType(issue: Issue & { code: 'invalid_type' }, path: Path, known: Known, source: Written): string {
  const { input, expected } = issue
  const written = source.entry(path)?.written
  const scalar = typeof input === 'number' || typeof input === 'boolean'
  if (expected === 'string' && scalar)
    return `is ${written ?? shown(input)}; write it in quotes, as "${known.example ?? written ?? shown(input)}"`
  if (expected === 'number' && typeof input === 'string')
    return `is ${shown(input)}; ${/^\d+$/.test(input) ? 'write the number without quotes' : 'must be one number'}`
  return `is ${asWritten(input, path, source)}; must be ${TYPES[expected] ?? expected}`
}

// A number that is none, such as .inf, is shown as the person wrote it.
const asWritten = (input: unknown, path: Path, source: Written): string =>
  (typeof input === 'number' && source.entry(path)?.written) || shown(input)

// A letter of another alphabet may look like ours; its number tells which it is.
function lookalike(input: unknown): string {
  const [letter] = (typeof input === 'string' && /[^\0-\x7f]/u.exec(input)) || []
  const code = letter?.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
  return code === undefined ? '' : `; it holds U+${code}, which is no ASCII letter`
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map (key: value)',
  record: 'a map (key: value)',
  array: 'a list (- …)',
}

const allowed = ({ values, description }: Known): string =>
  values.length ? either(values) : description || 'give it a value, or take it out'

const either = (words: readonly string[]): string =>
  words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? '')
