import { stripVTControlCharacters } from 'node:util'
import { type Sink, writer } from './sink.ts'
import { cut, width } from './width.ts'

/** The lower part of a terminal, which is drawn again and again; what is finished scrolls away above it. */
export interface Live {
  /** Finished lines. */
  readonly print: (...lines: readonly string[]) => void
  /** The unfinished part has changed: it is drawn again soon. */
  readonly touch: () => void
  /** Clears the unfinished part, and leaves the terminal to a question until it is answered. */
  readonly hold: <Result>(question: () => Promise<Result>) => Promise<Result>
  /** Draws what is finished, and nothing else any more. */
  readonly end: () => void
}

const BETWEEN_MS = 100

/** Draws on a terminal, at most ten times a second. `unfinished` gives the lines of the part that still moves. */
export function live(sink: Sink, unfinished: () => readonly string[], now: () => number = Date.now): Live {
  const write = writer(sink)
  let finished: string[] = []
  let drawn: readonly string[] = []
  let drawnAt = Number.NEGATIVE_INFINITY
  let held = false
  let soon: NodeJS.Timeout | undefined

  const draw = (lines: readonly string[]) => {
    if (!finished.length && lines.join('\n') === drawn.join('\n')) return
    write(`${erase(drawn, columnsOf(sink))}${[...finished, ...lines].map((line) => `${line}\n`).join('')}`)
    finished = []
    drawn = lines
    drawnAt = now()
  }

  const redraw = () => {
    soon = undefined
    // A terminal that does not keep up is left alone until it has caught up.
    if (!held && !sink.writableNeedDrain) draw(fitting(unfinished(), sink))
  }

  const touch = () => {
    const wait = drawnAt + BETWEEN_MS - now()
    if (wait <= 0) redraw()
    else soon ??= setTimeout(redraw, wait).unref()
  }

  const ticking = setInterval(touch, BETWEEN_MS).unref()

  return {
    print: (...lines) => {
      finished.push(...lines)
      touch()
    },
    touch,
    hold: async (question) => {
      draw([])
      held = true
      try {
        return await question()
      } finally {
        held = false
        touch()
      }
    },
    end: () => {
      clearInterval(ticking)
      clearTimeout(soon)
      draw([])
    },
  }
}

/** The columns that may be written on. */
export const columnsOf = (sink: Sink): number => sink.columns || 80

// One line that wraps, or one too many, and the cursor would not find back to the top.
function fitting(lines: readonly string[], sink: Sink): readonly string[] {
  const columns = columnsOf(sink)
  return lines
    .slice(-Math.max(1, (sink.rows || 24) - 1))
    .map((line) => (width(line) > columns ? cut(stripVTControlCharacters(line), columns) : line))
}

// Lines that were drawn before the window became narrower take more rows now.
function erase(lines: readonly string[], columns: number): string {
  const rows = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(width(line) / columns)), 0)
  return rows ? `\r\x1b[${rows}A\x1b[J` : ''
}
