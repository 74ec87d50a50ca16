import { printable } from './printable.ts'
import type { EventOf } from './reader.ts'
import { type Sink, writer } from './sink.ts'
import { cut, padded, width } from './width.ts'
import { count, duration } from './words.ts'

const COLUMNS = ['hosts', 'in sync', 'changed', 'failed', 'unknown', 'time'] as const
const TIME_COLUMNS = 10

/** How wide the first column is. */
export const labelColumns = (labels: readonly string[]): number =>
  Math.max(12, ...labels.map((label) => width(printable(label))))

/** The heading of a table with one row an organization. */
export function tableHead(organizations: number, folder: string, first: number, plan: boolean): readonly string[] {
  const words = COLUMNS.map((word) => (word === 'changed' && plan ? 'change' : word))
  return [
    printable(`groundwork · ${count(organizations, 'organization')} · ${folder}`),
    '',
    [padded('organization', first), ...words.map((word, index) => word.padStart(columnsOf(index))), 'log'].join('  '),
  ]
}

/** One organization: what became of it, and where all that it said is. */
export function rowOf(
  label: string,
  { summary, seconds, log }: { summary: EventOf<'summary'> | undefined; seconds: number; log: string },
  first: number,
  home: string,
): string {
  const { hosts, inSync, changed, failed, unknown } = summary ?? {}
  const cells = [hosts, inSync, changed, failed, unknown].map((number) => (number === undefined ? '–' : String(number)))
  return printable(
    [
      padded(printable(label), first),
      ...[...cells, duration(seconds)].map((cell, index) => cell.padStart(columnsOf(index))),
      log.startsWith(`${home}/`) ? `~${log.slice(home.length)}` : log,
    ].join('  '),
  )
}

/** A line about an organization, as long as a terminal is wide. */
export const plainLine = (text: string): string => cut(printable(text), 100)

const columnsOf = (index: number): number => (COLUMNS[index] === 'time' ? TIME_COLUMNS : (COLUMNS[index] ?? '').length)

/**
 * A line at the end of a terminal that says which organization is at which step; nothing anywhere else. Other lines are
 * written with `above`.
 */
export function statusLine(sink: Sink & { readonly isTTY?: boolean }) {
  const live = sink.isTTY === true && process.env.TERM !== 'dumb'
  const write = writer(sink)
  const at = new Map<string, string>()
  const draw = () => {
    const words = [...at].map(([label, step]) => `${label}: ${step}`).join(' · ')
    if (live && words) write(cut(printable(words), (sink.columns ?? 80) - 1))
  }
  const clear = () => live && at.size && write('\r\u001b[J')
  return {
    /** Undefined: it has ended. */
    see: (label: string, step: string | undefined) => {
      clear()
      if (step === undefined) at.delete(label)
      else at.set(label, step)
      draw()
    },
    above: (line: string) => {
      clear()
      write(`${line}\n`)
      draw()
    },
  }
}
