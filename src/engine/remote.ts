import type { Duplex } from 'node:stream'
import type { NodeSSH } from 'node-ssh'
import pLimit from 'p-limit'
import type { Client, ClientChannel } from 'ssh2'
import { type Ended, type ExecOptions, exec } from './exec.ts'
import type { Secret } from './secret.ts'
import { Sessions } from './sessions.ts'

/** How commands become root's: they are already, sudo asks nothing, or sudo takes this password. */
export type Become = 'root' | 'sudo' | Secret

// OpenSSH allows ten sessions a connection (MaxSessions); one that has just closed may still count.
const CHANNELS = 8
const PLAIN = 'exec /bin/sh -s'

/** One connection to one host. Runs scripts; knows nothing of what they are for. */
export class Remote {
  readonly name: string
  readonly #ssh: NodeSSH
  readonly #sessions: Sessions
  readonly #queue = pLimit(CHANNELS)
  become: Become = 'root'

  constructor(name: string, ssh: NodeSSH, client: Client) {
    this.name = name
    this.#ssh = ssh
    this.#sessions = new Sessions(client)
  }

  /** How many sessions were opened over this connection. */
  get sessions(): number {
    return this.#sessions.count
  }

  /** Opens sessions for scripts that will soon be run as root, where root is who has logged in. */
  openAhead(sessions: number): void {
    for (let count = 0; count < sessions; count++) this.#sessions.openAhead(PLAIN)
  }

  /** Runs a script as root with /bin/sh. @throws what ssh2 throws when no channel can be opened */
  run(script: string, options: ExecOptions): Promise<Ended> {
    return this.#exec(`exec ${this.#asRoot()}/bin/sh -s`, this.#password() + script, options)
  }

  /** Runs a script as the user who logged in. */
  runPlain(script: string, options: ExecOptions): Promise<Ended> {
    return this.#exec(PLAIN, script, options)
  }

  /**
   * Runs a script whose stdin stays open behind it. The shell reads ahead, so whoever writes to the channel waits
   * until the script has said that it listens.
   */
  stream(script: string, options: ExecOptions & { readonly opened: (channel: ClientChannel) => void }): Promise<Ended> {
    return this.#exec(`exec ${this.#asRoot()}/bin/sh -s`, undefined, {
      ...options,
      opened: (channel) => {
        channel.write(this.#password() + script)
        options.opened(channel)
      },
    })
  }

  /** A stream to an address as this host reaches it: the way through a jump host. */
  forward(address: string, port: number): Promise<Duplex> {
    return this.#ssh.forwardOut('127.0.0.1', 0, address, port)
  }

  close(): void {
    this.#ssh.dispose()
  }

  async #exec(command: string, input: string | undefined, options: ExecOptions): Promise<Ended> {
    return this.#queue(async () => {
      try {
        return await exec(this.#sessions, command, input, options)
      } catch (error) {
        if (!(error instanceof Error)) throw error
        if (error.message.includes('Not connected')) return { exit: undefined, signal: undefined, lost: 'before' }
        if (!error.message.includes('Channel open failure')) throw error
        await new Promise((later) => setTimeout(later, 200))
        return exec(this.#sessions, command, input, options)
      }
    })
  }

  #asRoot(): string {
    if (this.become === 'root') return ''
    return this.become === 'sudo' ? 'sudo -n -- ' : `sudo -k -S -p '' -- `
  }

  #password(): string {
    return typeof this.become === 'string' ? '' : `${this.become.reveal()}\n`
  }
}
