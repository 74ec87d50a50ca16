import { changeWords, doneWords } from './change-words.ts'
import { type Colours, uncoloured } from './colours.ts'
import { printable, printableLines } from './printable.ts'
import type { EventOf } from './reader.ts'
import { padded, width, wrapped } from './width.ts'

/** What a plan consists of: what differs, and what is not known. */
export type Finding = EventOf<'change'> | EventOf<'unknown'>

interface Options {
  readonly paint?: Colours
  /** How many hosts the run has: a finding on all of them says so. */
  readonly hosts?: number
  /** Columns of the terminal. */
  readonly columns?: number
  /** Whole diffs; else the first lines of each. */
  readonly whole?: boolean
  /** These changes were made: what they interrupted is over. */
  readonly done?: boolean
}

/** Equal findings on several hosts. */
interface Folded {
  readonly finding: Finding
  readonly hosts: string[]
  /** Each with what its colour stands for. */
  readonly consequences: Map<string, 'careful' | 'bad'>
}

const DIFF_LINES = 40
const LEFT = 55

/** A plan, one finding after the other, grouped by host › step › resource; equal ones on several hosts are one. */
export function planLines(
  findings: readonly Finding[],
  { paint = uncoloured, hosts = 1, columns = 100, whole = false, done = false }: Options = {},
): readonly string[] {
  const entries = sorted(fold(findings)).map((folded) => ({ folded, left: placeOf(folded, hosts) }))
  const longest = Math.max(0, ...entries.map(({ left }) => width(left)).filter((columns) => columns <= LEFT))
  return entries.flatMap(({ folded, left }) => [
    ...headLines(folded, left, longest, columns, paint, done),
    ...(folded.hosts.length > 1 && folded.hosts.length < hosts ? on(folded.hosts, columns) : []),
    ...(folded.finding.event === 'change' ? diffLines(folded.finding, whole, paint) : []),
    ...[...(done ? [] : folded.consequences)].map(([line, colour]) => `    ${paint[colour](line)}`),
  ])
}

function fold(findings: readonly Finding[]): readonly Folded[] {
  const all = new Map<string, Folded>()
  for (const finding of findings) {
    const { host, interrupts, destroys, ...same } = { interrupts: undefined, destroys: undefined, ...finding }
    const key = JSON.stringify(same)
    const folded: Folded = all.get(key) ?? { finding, hosts: [], consequences: new Map() }
    all.set(key, folded)
    if (!folded.hosts.includes(host)) folded.hosts.push(host)
    if (interrupts) folded.consequences.set(`then ${printable(interrupts)}`, 'careful')
    if (destroys) folded.consequences.set(`lost for ever: ${printable(destroys)}`, 'bad')
  }
  return [...all.values()]
}

// What belongs to the same hosts stands together; inside, steps and resources keep the order in which they came.
function sorted(all: readonly Folded[]): readonly Folded[] {
  const groups = [...new Set(all.map(({ hosts }) => hosts.join()))]
  const steps = [...new Set(all.map(({ finding }) => finding.step))]
  const place = ({ hosts, finding }: Folded) =>
    groups.indexOf(hosts.join()) * steps.length + steps.indexOf(finding.step)
  return all.toSorted((a, b) => place(a) - place(b))
}

function placeOf({ finding, hosts }: Folded, all: number): string {
  const [first = ''] = hosts
  const several = hosts.length > 2 ? `${hosts.length} hosts` : hosts.join(', ')
  const where = hosts.length === 1 ? first : hosts.length === all && all > 2 ? `all ${all} hosts` : several
  return [where, finding.step, finding.resource].map(printable).join(' › ')
}

function headLines(
  { finding }: Folded,
  left: string,
  longest: number,
  columns: number,
  paint: Colours,
  done: boolean,
): readonly string[] {
  const say = done ? doneWords : changeWords
  const words = finding.event === 'change' ? say(finding.changes) : printable(`unknown: ${finding.because}`)
  const painted = finding.event === 'change' ? String : paint.careful
  if (width(left) <= longest && longest + 2 + width(words) <= columns) {
    return [`${paint.strong(padded(left, longest))}  ${painted(words)}`]
  }
  return [paint.strong(left), ...wrapped(words, columns - 4).map((line) => `    ${painted(line)}`)]
}

const on = (hosts: readonly string[], columns: number): readonly string[] => {
  const lines = ['    on']
  for (const [index, host] of hosts.entries()) {
    const word = ` ${printable(host)}${index < hosts.length - 1 ? ',' : ''}`
    const last = lines.at(-1) ?? ''
    if (width(last) + width(word) <= columns) lines[lines.length - 1] = last + word
    else lines.push(`      ${word}`)
  }
  return hosts.length > 2 ? lines : []
}

function diffLines({ diff }: EventOf<'change'>, whole: boolean, paint: Colours): readonly string[] {
  if (!diff) return []
  const all = printableLines(diff.replace(/\n$/, '')).filter((line, _index, lines) => !isOnlyHunk(line, lines))
  const shown = whole ? all : all.slice(0, DIFF_LINES)
  const rest = all.length - shown.length
  return [
    ...shown.map((line) => `    ${painted(line, paint)}`),
    ...(rest ? [`    ${paint.quiet(`… ${rest} more lines: --verbose shows them`)}`] : []),
  ]
}

// Where there is one hunk only, its line numbers are noise.
const isOnlyHunk = (line: string, lines: readonly string[]): boolean =>
  isHunk(line) && lines.filter(isHunk).length === 1

const isHunk = (line: string): boolean => line.startsWith('@@ ')

function painted(line: string, paint: Colours): string {
  if (line.startsWith('+')) return paint.good(line)
  if (line.startsWith('-')) return paint.careful(line)
  return paint.quiet(line)
}
