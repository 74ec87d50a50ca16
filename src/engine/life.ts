import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'

const TICK_MS = 4000
const QUIET_TICKS = 3
const PIECE_BYTES = 32 * 1024
const LEAST_BYTES = 8 * 1024
const MOST_BYTES = 1024 * 1024

/** Called before each write with its length; resolves when there is room for it. */
export type Pace = (bytes: number) => Promise<void>

/**
 * Ends a connection over which nothing has come for 12 to 16 s, although it was asked. ssh2's own keepalive takes only
 * answers for life: on a slow line these stand behind the data, and a line that is busy was taken for dead (64 kbit/s, measured).
 */
export class Life {
  readonly #client: Client
  #heard = true
  #quiet = 0
  /** Bytes are a sign of life as they are: where somebody else reads what they mean, as behind a jump host. */
  countsBytes = false

  constructor(client: Client, socket: Duplex) {
    this.#client = client
    const ticks = setInterval(() => this.#tick(socket), TICK_MS)
    socket.on('data', () => {
      if (this.countsBytes) this.#heard = true
    })
    socket.once('close', () => clearInterval(ticks))
  }

  /** Something came that had a meaning: not garbage behind a length that arrived wrong. */
  hear(): void {
    this.#heard = true
  }

  /**
   * Lets no more be on its way to the host than passes in a few seconds, so that what goes beside it is heard in time:
   * questions, and the lock's sign of life.
   */
  pace(): Pace {
    let allowed = PIECE_BYTES
    let sent = 0
    return async (bytes) => {
      if (sent === 0 || sent + bytes <= allowed) {
        sent += bytes
        return
      }
      const started = performance.now()
      await this.#echo()
      const seconds = (performance.now() - started) / 1000
      sent = bytes
      if (seconds < 1) allowed = Math.min(allowed * 2, MOST_BYTES)
      else if (seconds > 4) allowed = Math.max(allowed / 2, LEAST_BYTES)
    }
  }

  // Ticks, not the clock: a process that was stopped has not been listening.
  #tick(socket: Duplex): void {
    this.#quiet = this.#heard ? 0 : this.#quiet + 1
    this.#heard = false
    if (this.#quiet >= QUIET_TICKS) socket.destroy(new Error('Keepalive timeout'))
    else if (this.#quiet) void this.#echo()
  }

  // Every server answers a request to cancel what was never asked for, if only with no (RFC 4254, section 4); when the
  // answer is here, all that was sent before it has arrived. Resolves as well when the connection ends.
  #echo(): Promise<void> {
    return new Promise((resolve) => {
      try {
        this.#client.unforwardIn('127.0.0.1', 1, () => {
          this.#heard = true
          resolve()
        })
      } catch {
        resolve()
      }
    })
  }
}

/** The pieces in which a text is sent. */
export function* pieces(text: string): Generator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}
