import type { Client, ClientCallback, ClientChannel } from 'ssh2'
import type { Life } from './life.ts'

interface Ahead {
  readonly command: string
  readonly channel: Promise<ClientChannel | undefined>
  ended: boolean
}

/** Opens sessions over one connection; some before it is known what they will be told. */
export class Sessions {
  readonly #client: Client
  readonly life: Life
  readonly #ahead: Ahead[] = []
  /** How many were opened. */
  count = 0

  constructor(client: Client, life: Life) {
    this.#client = client
    this.life = life
  }

  /**
   * Starts a command that waits for its stdin, for whoever runs the same command next. A session costs two round
   * trips before its first byte; these pass while something else is being answered.
   */
  openAhead(command: string): void {
    const channel = new Promise<ClientChannel>((resolve, reject) => {
      this.#open(command, (error, opened) => {
        if (error) return reject(error)
        const end = () => {
          ahead.ended = true
        }
        opened.once('exit', end).once('close', end)
        resolve(opened)
      })
      // A server that opens no more sessions for now is asked again when one is needed.
    }).catch(() => undefined)
    const ahead: Ahead = { command, channel, ended: false }
    this.#ahead.push(ahead)
  }

  /** As ssh2's own `exec`. @throws what that throws where the connection has gone */
  exec(command: string, opened: ClientCallback): void {
    const at = this.#ahead.findIndex((one) => one.command === command)
    const [ahead] = at < 0 ? [] : this.#ahead.splice(at, 1)
    if (ahead) {
      ahead.channel
        .then((channel) => (channel && !ahead.ended ? opened(undefined, channel) : this.#open(command, opened)))
        .catch((error: Error) => opened(error, undefined as never))
    } else {
      this.#open(command, opened)
    }
  }

  once(event: 'close', listener: () => void): void {
    this.#client.once(event, listener)
  }

  off(event: 'close', listener: () => void): void {
    this.#client.off(event, listener)
  }

  #open(command: string, opened: ClientCallback): void {
    this.count++
    this.#client.exec(command, opened)
  }
}
