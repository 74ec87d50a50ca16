/** Keeps the first and the last bytes of a stream of any length, and counts the rest. */
export class Kept {
  readonly #limit: number
  readonly #head: Buffer[] = []
  #headBytes = 0
  #tail: Buffer[] = []
  #tailBytes = 0
  total = 0

  /** @param limit how many bytes are kept at each end */
  constructor(limit: number) {
    this.#limit = limit
  }

  push(bytes: Buffer): void {
    this.total += bytes.length
    const room = this.#limit - this.#headBytes
    if (room > 0) {
      this.#head.push(Buffer.from(bytes.subarray(0, room)))
      this.#headBytes += Math.min(room, bytes.length)
    }
    if (bytes.length > room) this.#pushTail(Buffer.from(bytes.subarray(Math.max(room, 0))))
  }

  /** The text, with a line that says how much is missing in its middle. Broken UTF-8 becomes U+FFFD. */
  text(): string {
    const head = Buffer.concat(this.#head)
    const tail = Buffer.concat(this.#tail)
    const missing = this.total - head.length - tail.length
    if (!missing) return Buffer.concat([head, tail]).toString('utf8')
    return `${head.toString('utf8')}\n… ${missing} bytes left out …\n${tail.toString('utf8')}`
  }

  #pushTail(bytes: Buffer): void {
    const last = bytes.subarray(Math.max(0, bytes.length - this.#limit))
    this.#tail.push(last)
    this.#tailBytes += last.length
    while (this.#tailBytes - (this.#tail[0]?.length ?? 0) >= this.#limit) {
      this.#tailBytes -= this.#tail.shift()?.length ?? 0
    }
    const over = this.#tailBytes - this.#limit
    if (over > 0 && this.#tail[0]) {
      this.#tail[0] = this.#tail[0].subarray(over)
      this.#tailBytes -= over
    }
  }
}
