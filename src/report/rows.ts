import { stripVTControlCharacters } from 'node:util'
import type { Colours } from './colours.ts'
import { printable } from './printable.ts'
import type { EventOf } from './reader.ts'
import { cut, padded, spread, width } from './width.ts'
import { count, duration } from './words.ts'

/** How the lines of a screen are laid out. */
export interface Layout {
  /** Columns of the terminal. */
  readonly columns: number
  readonly paint: Colours
  /** The longest step's or host's name, to stand under each other. */
  readonly longest: number
}

type StepRow = Pick<EventOf<'step'>, 'step' | 'title' | 'changed' | 'seconds'>

const COLUMNS = 93
const CHANGED = 11
const SECONDS = 13

/** The first line of every screen: who, what, how many, from which file. */
export function headerLines(run: EventOf<'run'>, { columns, paint }: Layout): readonly string[] {
  const left = printable(`groundwork · ${run.org} · platform ${run.platform} · ${count(run.hosts, 'host')}`)
  const right = printable(run.inventory)
  const room = upTo(columns)
  if (width(left) + 2 + width(right) > room) return [paint.strong(left), paint.quiet(right)]
  return [paint.strong(left) + ' '.repeat(room - width(left) - width(right)) + paint.quiet(right)]
}

/** A host: what it is, how long that took, and how it is reached. */
export function hostLines(host: EventOf<'host'>, { columns, paint, longest }: Layout): readonly string[] {
  const name = padded(printable(host.host), longest + 2)
  const seconds = host.seconds === undefined ? '' : duration(host.seconds)
  const right = printable([seconds, ...(host.remark ? [`(${host.remark})`] : [])].filter(Boolean).join(' '))
  const line = spread(name + printable(host.text), right, upTo(columns))
  const details = host.details && [paint.quiet(cut(' '.repeat(width(name)) + printable(host.details), columns))]
  return [paint.strong(line.slice(0, name.length)) + line.slice(name.length), ...(details || [])]
}

/** A step: its mark, what is true afterwards, what changed, how long it took. */
export function stepLine(mark: string, row: StepRow, { columns, longest }: Layout): string {
  const changed = row.changed ? `${row.changed} changed`.padStart(CHANGED) : ''
  const left = `${mark} ${padded(printable(row.step), longest)}   ${printable(row.title)}`
  return spread(left, changed + duration(row.seconds).padStart(SECONDS), upTo(columns))
}

/** A step that is still to come. */
export const waitingLine = ({ step, title }: StepRow, { columns, paint, longest }: Layout): string =>
  paint.quiet(cut(`  ${padded(printable(step), longest)}   ${printable(title)}`, upTo(columns)))

/** A line below a step, as far in as the step's sentence. Colours that a program printed are left out. */
export const belowLine = (text: string, { columns, longest }: Layout): string =>
  cut(
    `${' '.repeat(longest + 5)}${printable(stripVTControlCharacters(text).replaceAll('\t', '  ').trimEnd())}`,
    columns,
  )

/** What was seen from outside, under each other: `web page    http://10.77.0.11/      200 · redis up`. */
export function checkLines(checks: readonly EventOf<'check'>[], paint: Colours): readonly string[] {
  const longest = Math.max(0, ...checks.map(({ at }) => width(printable(at))))
  return checks.map(({ name, at, answer, healthy }) => {
    const label = (healthy ? paint.quiet : paint.bad)(padded(printable(name), 12))
    return `${label}${paint.strong(padded(printable(at), longest))}      ${printable(answer)}`
  })
}

/** A line with something at its right end, laid out like the steps. */
export const wideLine = (left: string, right: string, { columns }: Layout): string => spread(left, right, upTo(columns))

const upTo = (columns: number): number => Math.min(columns, COLUMNS)
