import { Fault } from '../engine/fault.ts'
import { type Colours, uncoloured } from './colours.ts'
import { printable, printableLines } from './printable.ts'
import type { EventOf } from './reader.ts'
import { padded, width } from './width.ts'

type FaultEvent = EventOf<'fault'>

const LABEL = 11
const AT = 57

/** A fault as an event. */
export const faultEvent = (fault: Fault, notTried?: readonly string[]): FaultEvent => ({
  event: 'fault',
  what: fault.message,
  ...(fault.at && { at: fault.at }),
  ...(fault.because && { because: fault.because }),
  ...(fault.try && { try: fault.try }),
  ...(notTried?.length && { notTried }),
})

/**
 * A fault in its four parts: where and what, because of what, what to type next. `goesOn`: the same command goes on
 * from there, which is true of every fault of a run, and of none in the command line or the inventory.
 */
export function faultLines(fault: FaultEvent, { paint = uncoloured, goesOn = true } = {}): readonly string[] {
  const again = goesOn && !fault.try?.includes('same command')
  return [
    ...heading(fault, paint),
    ...part('because', fault.because, paint),
    ...part('not tried', fault.notTried?.join(', '), paint),
    ...part('try', fault.try, paint),
    ...part('again', again ? 'the same command goes on where this stopped' : undefined, paint),
  ]
}

/** Where and what, in one line. */
export const faultHeading = ({ at, what }: FaultEvent): string =>
  at
    ? `${padded(printable(at), AT - 2)}  ${printable(what.split('\n')[0] ?? '')}`
    : printable(what.split('\n')[0] ?? '')

/** What to print for anything that was thrown outside of a run: a fault's parts, or, since all else is our bug, the stack. */
export function thrownLines(error: unknown, paint: Colours = uncoloured): readonly string[] {
  if (error instanceof Fault) return faultLines(faultEvent(error), { paint, goesOn: error.exit === 1 })
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return [paint.bad('✗ This is a bug in groundwork; nothing that you did.'), ...printableLines(stack)]
}

// A text that is laid out already (an inventory's faults) prints as it is.
function heading(fault: FaultEvent, paint: Colours): readonly string[] {
  const [first = '', ...rest] = printableLines(fault.what)
  if (rest.length && !fault.at) return [paint.bad(first), ...rest]
  const indented = rest.map((line) => `  ${line}`)
  if (!fault.at) return [paint.bad(`✗ ${first}`), ...indented]
  const at = printable(fault.at)
  if (width(at) + width(first) > 96) return [paint.bad(`✗ ${at}`), `  ${paint.strong(first)}`, ...indented]
  return [`${paint.bad(padded(`✗ ${at}`, AT - 2))}  ${paint.strong(first)}`, ...indented]
}

function part(label: string, text: string | undefined, paint: Colours): readonly string[] {
  if (!text) return []
  return printableLines(text.trimEnd()).map((line, index) =>
    index ? `  ${' '.repeat(LABEL)}${line}` : `  ${paint.quiet(padded(label, LABEL))}${line}`,
  )
}
