import { Fault } from '../engine/fault.ts'
import { type Found, type Mark, pathText } from './mark.ts'
import { PRIVATE_KEY } from './private-key.ts'
import { locate, type Source } from './source.ts'

/** One thing that is wrong with a file, where a person finds it: lines and columns count from 1. */
export interface InventoryFault {
  readonly line: number
  readonly column: number
  /** `hosts[1].role`; empty: the file itself. */
  readonly path: string
  readonly message: string
  /** Characters that are marked in the line. */
  readonly length: number
}

/** All that is wrong, once each, in the order of the file. */
export function faultsOf(source: Source, marks: readonly Mark[] = []): readonly InventoryFault[] {
  const meant = new Set(
    marks.flatMap(({ path, meant }) => (meant ? [JSON.stringify([...path.slice(0, -1), meant])] : [])),
  )
  const found = [
    ...source.found.filter(({ minor }) => !minor),
    ...marks
      .filter(({ missing, path }) => !missing || !meant.has(JSON.stringify(path)))
      .map((mark) => locate(source, mark)),
    ...source.found.filter(({ minor }) => minor),
  ]
  const secret = PRIVATE_KEY.test(source.text)
  return onceEach(found).map(({ offset, length, path, message }) => {
    const { line, col } = source.lines.linePos(offset)
    const place = { line: Math.max(1, line), column: Math.max(1, col), length }
    if (!secret) return { ...place, path: pathText(path), message }
    return { ...place, path: pathText(path.map(withoutPieces)), message: message.replace(QUOTED, '"…"') }
  })
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
export function faultOf(source: Source, faults: readonly InventoryFault[]): Fault {
  const told = faults.slice(0, MOST)
  const rows = told.map(({ line, column, path, message }) => ({ at: `${line}:${column}`, path, message }))
  const widest = (key: 'at' | 'path') => Math.min(40, Math.max(...rows.map((row) => row[key].length)))
  const [at, path] = [widest('at'), widest('path')]
  const lines = rows.map((row) =>
    ['', row.at.padEnd(at), ...(path ? [row.path.padEnd(path)] : []), row.message].join('  '),
  )
  const more = faults.length > MOST ? ['', `  and ${faults.length - MOST} more`] : []
  const heading = `${source.file} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:`
  return new Fault([heading, '', ...lines, ...more, ...frame(source, faults[0])].join('\n'), { exit: 64 })
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
