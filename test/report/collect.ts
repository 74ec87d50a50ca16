import { Writable } from 'node:stream'

/** A stream that keeps what is written to it. */
export class Collect extends Writable {
  readonly chunks: Buffer[] = []

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk)
    done()
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks)
  }
}
