/** Keeps the first and the last bytes of a stream of any length, and counts the rest. Costs what it keeps, however small the pieces. */
export class Kept {
  readonly #limit: number
  #head: Buffer = Buffer.alloc(0)
  #headBytes = 0
  // A ring: the oldest byte stands where the next one goes.
  #tail: Buffer = Buffer.alloc(0)
  #tailBytes = 0
  total = 0

  /** @param limit how many bytes are kept at each end */
  constructor(limit: number) {
    this.#limit = limit
  }

  push(bytes: Buffer): void {
    const room = this.#limit - this.#headBytes
    this.total += bytes.length
    if (room > 0) this.#pushHead(bytes.subarray(0, room))
    if (bytes.length > room) this.#pushTail(bytes.subarray(room).subarray(-this.#limit), bytes.length - room)
  }

  /** The text, with a line that says how much is missing in its middle. Broken UTF-8 becomes U+FFFD. */
  text(): string {
    const head = this.#head.subarray(0, this.#headBytes)
    const at = this.#tailBytes % this.#limit
    const tail =
      this.#tailBytes < this.#limit
        ? this.#tail.subarray(0, this.#tailBytes)
        : Buffer.concat([this.#tail.subarray(at), this.#tail.subarray(0, at)])
    const missing = this.total - head.length - tail.length
    if (!missing) return Buffer.concat([head, tail]).toString('utf8')
    return `${head.toString('utf8')}\n… ${missing} bytes left out …\n${tail.toString('utf8')}`
  }

  #pushHead(bytes: Buffer): void {
    const needed = this.#headBytes + bytes.length
    if (needed > this.#head.length) {
      const grown = Buffer.allocUnsafe(Math.min(this.#limit, Math.max(needed, this.#head.length * 2, 256)))
      this.#head.copy(grown, 0, 0, this.#headBytes)
      this.#head = grown
    }
    bytes.copy(this.#head, this.#headBytes)
    this.#headBytes = needed
  }

  // `last` are the last bytes of `length` that came: what would be overwritten at once is never written.
  #pushTail(last: Buffer, length: number): void {
    if (!this.#tail.length) this.#tail = Buffer.allocUnsafe(this.#limit)
    const at = (this.#tailBytes + length - last.length) % this.#limit
    const first = last.copy(this.#tail, at)
    last.copy(this.#tail, 0, first)
    this.#tailBytes += length
  }
}
