import type { Hint } from './hints.ts'
import { jsonReader } from './json.ts'
import { plainReader } from './plain.ts'
import type { Reader } from './reader.ts'
import type { Sink } from './sink.ts'
import { terminalReader } from './terminal.ts'

/** What a person or a program sees of a run; `hold` leaves the terminal to a question. */
export interface Screen extends Reader {
  readonly hold: <Result>(question: () => Promise<Result>) => Promise<Result>
}

interface Options {
  readonly json?: boolean
  readonly verbose?: boolean
  readonly hints?: readonly Hint[]
}

/** JSON lines where they are asked for, the live view on a terminal, plain lines everywhere else. */
export function screenOn(sink: Sink & { readonly isTTY?: boolean }, { json, verbose, hints }: Options): Screen {
  if (!json && sink.isTTY && process.env.TERM !== 'dumb') return terminalReader(sink, { verbose, hints })
  const reader = json ? jsonReader(sink) : plainReader(sink, { verbose, hints })
  return { ...reader, hold: (question) => question() }
}
