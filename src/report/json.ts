import type { Event } from '../engine/event.ts'
import type { Reader } from './reader.ts'
import { type Sink, writer } from './sink.ts'

/** JSON lines, one event a line with the `time` it was told (ISO 8601, UTC); the summary is the last one, written at the end. */
export function jsonReader(sink: Sink, now: () => number = Date.now): Reader {
  const write = writer(sink)
  let summary: string | undefined
  return {
    report: (event) => {
      if (event.event === 'summary') summary = jsonLine(event, now())
      else write(jsonLine(event, now()))
    },
    end: () => {
      if (summary) write(summary)
      summary = undefined
    },
  }
}

/** One event as one line of JSON, valid UTF-8 whatever a host said, harmless when printed on a terminal. */
export function jsonLine({ event, ...rest }: Event, time: number): string {
  const text = JSON.stringify({ event, time: new Date(time).toISOString(), ...rest }, wellFormed)
  return `${text.replace(UNSEEN, escaped)}\n`
}

// Half a character has no UTF-8 form, and JSON's own \ud800 is refused by strict readers.
const wellFormed = (_key: string, value: unknown): unknown => (typeof value === 'string' ? value.toWellFormed() : value)

// JSON escapes C0 itself; C1 and marks of direction it lets through.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

const escaped = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
