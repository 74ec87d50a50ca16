import type { Event, Report } from '../engine/event.ts'

/** Somebody who is told what happens. */
export interface Reader {
  readonly report: Report
  /** Nothing more comes: what is still held back is written. */
  readonly end: () => void
}

/** Events of one kind. */
export type EventOf<Kind extends Event['event']> = Extract<Event, { readonly event: Kind }>

/** Several readers as one, told in this order: the journal first, since it may refuse what comes next. */
export const readers = (...all: readonly Reader[]): Reader => ({
  report: (event) => {
    for (const reader of all) reader.report(event)
  },
  end: () => {
    for (const reader of all) reader.end()
  },
})
