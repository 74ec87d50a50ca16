import { stripVTControlCharacters } from 'node:util'

/** Columns that a line takes on a terminal: colours none, East Asian and pictures two, combining marks none. */
export function width(line: string): number {
  let columns = 0
  for (const character of stripVTControlCharacters(line)) columns += columnsOf(character)
  return columns
}

/** A line (without colours) that takes at most this many columns; what is cut off is marked by …. */
export function cut(line: string, columns: number): string {
  if (width(line) <= columns) return line
  if (columns < 1) return ''
  let kept = ''
  let room = columns - 1
  for (const character of line) {
    room -= columnsOf(character)
    if (room < 0) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

/** A text (without colours) as lines of at most this many columns, broken between words; a longer word stays whole. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || width(last) + 1 + width(word) > columns) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

/** A line filled up with spaces to this many columns; a longer one stays as it is. */
export const padded = (line: string, columns: number): string => line + ' '.repeat(Math.max(0, columns - width(line)))

/** A left part and a right part, the right one ending at the column; the left one is cut where both do not fit. */
export function spread(left: string, right: string, columns: number): string {
  if (!right) return cut(left, columns)
  const room = columns - width(right) - 2
  return room < 8 ? cut(`${left}  ${right}`, columns) : `${padded(cut(left, room), room)}  ${right}`
}

function columnsOf(character: string): number {
  if (/^[\p{Mn}\p{Me}]$/u.test(character)) return 0
  const code = character.codePointAt(0) ?? 0
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1
}

// The blocks of Unicode's EastAsianWidth.txt that are wide throughout, and the pictures.
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
]
