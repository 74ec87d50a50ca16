import { Fault } from '../engine/fault.ts'
import { type Found, type Mark, pathText } from './mark.ts'
import { PRIVATE_KEY } from './private-key.ts'
import { locate, type Source } from './source.ts'

/** One thing that is wrong with a file, where a person finds it: lines and columns count from 1. */
export interface InventoryFault {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `hosts[1].role`; empty: the file itself. */
  readonly path: string
  readonly message: string
  /** Characters that are marked in the line. */
  readonly length: number
}

/** All that is wrong, once each, in the order of the file. `secret`: a private key is near, and nothing of the text is quoted. */
export function faultsOf(
  source: Source,
  marks: readonly Mark[] = [],
  secret = PRIVATE_KEY.test(source.text),
): readonly InventoryFault[] {
  const found = [
    ...source.found.filter(({ minor }) => !minor),
    ...withoutMeant(marks).map((mark) => locate(source, mark)),
    ...source.found.filter(({ minor }) => minor),
  ]
  return onceEach(found).map(({ offset, length, path, message }) => {
    const { line, col } = source.lines.linePos(offset)
    const place = { file: source.file, line: Math.max(1, line), column: Math.max(1, col), length }
    if (!secret) return { ...place, path: pathText(path), message }
    return { ...place, path: pathText(path.map(withoutPieces)), message: message.replace(QUOTED, '"…"') }
  })
}

/** Without what is told as missing, where an unknown key was most likely meant as it. */
export function withoutMeant<One extends Mark>(marks: readonly One[]): readonly One[] {
  const meant = new Set(
    marks.flatMap(({ path, meant }) => (meant ? [JSON.stringify([...path.slice(0, -1), meant])] : [])),
  )
  if (!meant.size) return marks
  return marks.filter(({ missing, path }) => !missing || !meant.has(JSON.stringify(path)))
}

// Next to a pasted private key, any text or unknown key may be a piece of it. No key of the schema is longer than this.
const withoutPieces = (part: PropertyKey): PropertyKey => (typeof part === 'string' && part.length > 16 ? '…' : part)
const QUOTED = /"(?:\\.|[^"\\])*"/g

// What is said first of a place stays; several keys may be missing at one place.
function onceEach(found: readonly Found[]): readonly Found[] {
  const seen = new Set<string>()
  return found
    .filter(({ offset, path }) => {
      const place = `${offset} ${JSON.stringify(path)}`
      return !seen.has(place) && seen.add(place)
    })
    .sort((a, b) => a.offset - b.offset)
}

/** The list as a person reads it, with the line of the first. */
export const faultOf = (source: Source, faults: readonly InventoryFault[]): Fault =>
  new Fault(faultText(source, faults), { exit: 64 })

/** The same as text; `role` says what the file is where it is not the one that was named: `, base of mle.yaml,`; `secret`: no line is shown. */
export function faultText(source: Source, faults: readonly InventoryFault[], role = '', secret = false): string {
  const told = faults.slice(0, MOST)
  const rows = told.map(({ line, column, path, message }) => ({ at: `${line}:${column}`, path, message }))
  const widest = (key: 'at' | 'path') => Math.min(40, Math.max(...rows.map((row) => row[key].length)))
  const [at, path] = [widest('at'), widest('path')]
  const lines = rows.map((row) =>
    ['', row.at.padEnd(at), ...(path ? [row.path.padEnd(path)] : []), row.message].join('  '),
  )
  const more = faults.length > MOST ? ['', `  and ${faults.length - MOST} more`] : []
  const heading = `${source.file}${role} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:`
  return [heading, '', ...lines, ...more, ...(secret ? [] : frame(source, faults[0]))].join('\n')
}

const MOST = 50

function frame(source: Source, first: InventoryFault | undefined): readonly string[] {
  if (!first || PRIVATE_KEY.test(source.text)) return []
  const whole = source.text.split(/\r?\n/)[first.line - 1] ?? ''
  if (!whole.trim()) return []
  // A long line, such as a key, is shown around the place.
  const from = first.column > 60 ? first.column - 20 : 0
  const line = whole.slice(from, from + 80).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ' ')
  const column = first.column - 1 - from
  const marked = Math.max(1, Math.min(first.length, line.length - column))
  const number = String(first.line)
  return [
    '',
    `  ${number} │ ${line}`.trimEnd(),
    `  ${' '.repeat(number.length)} │ ${' '.repeat(column)}${'^'.repeat(marked)}`,
  ]
}
