import type { Socket } from 'node:net'

/** What happens to every byte of one direction. */
export interface Pace {
  readonly delayMs: number
  readonly bytesPerSecond: number
  /** How much longer this piece takes, and all that is behind it. */
  readonly stallMs: () => number
}

const PIECE_BYTES = 1024
const QUEUE_BYTES = 1 << 20

/**
 * One direction between two sockets: bytes go on in their order and at their pace, and the sender waits where the
 * receiver does. `seen` gets what has arrived and returns what goes on; what it returns may be shorter, or nothing.
 */
export class Lane {
  readonly #from: Socket
  readonly #to: Socket
  readonly #pace: () => Pace
  readonly #delivered: (bytes: number) => void
  readonly #queue: { readonly bytes: Buffer; readonly due: number; readonly then?: () => void }[] = []
  #queued = 0
  #last = 0
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(
    from: Socket,
    to: Socket,
    pace: () => Pace,
    seen: (bytes: Buffer, lane: Lane) => void,
    delivered: (bytes: number) => void,
  ) {
    this.#from = from
    this.#to = to
    this.#pace = pace
    this.#delivered = delivered
    from.on('data', (bytes) => this.#stopped || seen(bytes, this))
    from.on('end', () => this.push(Buffer.alloc(0), () => to.end()))
    to.on('drain', () => this.#flow())
  }

  /** Sends these bytes on, and does something once they are on their way to the receiver. */
  push(bytes: Buffer, then?: () => void): void {
    const { delayMs, bytesPerSecond, stallMs } = this.#pace()
    const size = Number.isFinite(bytesPerSecond) ? PIECE_BYTES : Math.max(bytes.length, 1)
    for (let at = 0; at === 0 || at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size)
      const start = Math.max(performance.now() + delayMs, this.#last)
      const due = start + (piece.length / bytesPerSecond) * 1000 + stallMs()
      this.#last = due
      this.#queued += piece.length
      this.#queue.push({ bytes: piece, due, ...(at + size >= bytes.length && then && { then }) })
    }
    this.#flow()
  }

  /** Nothing goes on from here any more, and nobody is told. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#queue.length = 0
    this.#from.pause()
  }

  #flow(): void {
    clearTimeout(this.#timer)
    while (!this.#stopped) {
      const [head] = this.#queue
      if (!head || this.#to.writableNeedDrain) break
      const wait = head.due - performance.now()
      if (wait > 0.5) {
        this.#timer = setTimeout(() => this.#flow(), wait)
        break
      }
      this.#queue.shift()
      this.#queued -= head.bytes.length
      if (head.bytes.length && this.#to.writable) {
        this.#to.write(head.bytes)
        this.#delivered(head.bytes.length)
      }
      head.then?.()
    }
    if (this.#stopped || this.#queued > QUEUE_BYTES) this.#from.pause()
    else if (this.#from.isPaused()) this.#from.resume()
  }
}
