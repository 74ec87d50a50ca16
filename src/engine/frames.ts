/** Called with the bytes between marks, and with the words of each mark. */
export interface FrameListener {
  readonly bytes: (bytes: Buffer) => void
  readonly mark: (words: string) => void
}

const NEWLINE = 0x0a
// A mark's words are an index and an exit status; a line that is longer is not a mark of ours.
const LONGEST_MARK = 64

/** Finds a script's marks in a stream of any length, in chunks cut anywhere, holding back no more than one mark's length. */
export class Frames {
  readonly #opening: Buffer
  readonly #listener: FrameListener
  #held: Buffer = Buffer.alloc(0)

  constructor(nonce: string, listener: FrameListener) {
    this.#opening = Buffer.from(`\n${nonce} `)
    this.#listener = listener
  }

  push(chunk: Buffer): void {
    let rest = this.#held.length ? Buffer.concat([this.#held, chunk]) : chunk
    for (;;) {
      const at = rest.indexOf(this.#opening)
      if (at < 0) break
      const from = at + this.#opening.length
      const end = rest.indexOf(NEWLINE, from)
      if (end < 0 && rest.length - from <= LONGEST_MARK) {
        this.#emit(rest.subarray(0, at))
        this.#held = rest.subarray(at)
        return
      }
      const isMark = end >= 0 && end - from <= LONGEST_MARK
      this.#emit(rest.subarray(0, isMark ? at : from))
      if (isMark) this.#listener.mark(rest.toString('utf8', from, end))
      rest = rest.subarray(isMark ? end + 1 : from)
    }
    const keep = Math.min(rest.length, this.#opening.length - 1)
    this.#emit(rest.subarray(0, rest.length - keep))
    this.#held = Buffer.from(rest.subarray(rest.length - keep))
  }

  /** Gives out what was held back: nothing more comes. */
  end(): void {
    this.#emit(this.#held)
    this.#held = Buffer.alloc(0)
  }

  #emit(bytes: Buffer): void {
    if (bytes.length) this.#listener.bytes(bytes)
  }
}
