/** A stream that is written to; a terminal also has a size. */
export type Sink = NodeJS.WritableStream & {
  readonly columns?: number
  readonly rows?: number
  readonly writableNeedDrain?: boolean
}

/**
 * Writes to the stream for as long as somebody reads it. A reader that went away (`| head`, a closed window) ends the
 * writing, silently: the run matters more than who looks on.
 */
export function writer(sink: Sink): (text: string) => void {
  let open = true
  sink.on('error', () => {
    open = false
  })
  return (text) => {
    if (open) sink.write(text.toWellFormed())
  }
}
