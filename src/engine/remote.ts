import { EventEmitter, once } from 'node:events'
import type { Duplex } from 'node:stream'
import { setTimeout as later } from 'node:timers/promises'
import type { NodeSSH } from 'node-ssh'
import pLimit from 'p-limit'
import type { Client, ClientChannel } from 'ssh2'
import type { Host } from '../inventory/org.ts'
import { type Ended, type ExecOptions, exec } from './exec.ts'
import { Fault } from './fault.ts'
import type { Life, Pace } from './life.ts'
import type { Secret } from './secret.ts'
import { Sessions } from './sessions.ts'

/** How commands become root's: they are already, sudo asks nothing, or sudo takes this password. */
export type Become = 'root' | 'sudo' | Secret

/** The connection to a host; undefined where there is none. */
export type Remotes = (host: Host) => Remote | undefined

// OpenSSH allows ten sessions a connection (MaxSessions); one that has just closed may still count.
const CHANNELS = 8
const PLAIN = 'exec /bin/sh -s'
// By its place: the PATH is the login shell's here, and may be anything.
const SUDO = '/usr/bin/sudo'
const REFUSALS = 5
const REFUSED_MS = 200
const FORWARD_MS = 15_000

/** One connection to one host. Runs scripts; knows nothing of what they are for. */
export class Remote {
  readonly name: string
  readonly #ssh: NodeSSH
  readonly #sessions: Sessions
  readonly #queue = pLimit(CHANNELS)
  /** Open sessions that end by themselves; `end` is told when one does. */
  #short = 0
  readonly #ends = new EventEmitter()
  #hasOpened = false
  #lost: string | undefined
  become: Become = 'root'

  constructor(name: string, ssh: NodeSSH, client: Client, life: Life) {
    this.name = name
    this.#ssh = ssh
    this.#sessions = new Sessions(client, life)
    // Every session and every forwarded stream listens for the connection's end.
    client.setMaxListeners(4 * CHANNELS)
    // node-ssh takes its listener off after `ready`; without one, a lost connection ends this process (measured).
    client.on('error', ({ message }) => {
      this.#lost ??= message
    })
  }

  /** How many sessions were opened over this connection. */
  get sessions(): number {
    return this.#sessions.count
  }

  /** Opens sessions for scripts that will soon be run as root, where root is who has logged in. */
  openAhead(sessions: number): void {
    for (let count = 0; count < sessions; count++) this.#sessions.openAhead(PLAIN)
  }

  /** Why the connection was lost, as far as that is known. */
  get lostBecause(): string {
    return this.#lost === 'Keepalive timeout'
      ? 'the connection died: nothing came from it any more (if only large things get stuck: MTU)'
      : `the connection was lost${this.#lost ? ` (${this.#lost})` : ''}`
  }

  /** Runs a script as root with /bin/sh. @throws Fault where the host opens no session */
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
    const opened = (channel: ClientChannel) => {
      channel.write(this.#password() + script)
      options.opened(channel)
    }
    return this.#exec(`exec ${this.#asRoot()}/bin/sh -s`, undefined, { ...options, opened }, true)
  }

  /** For those who write to a stream for long. */
  pace(): Pace {
    return this.#sessions.life.pace()
  }

  /** A stream to an address as this host reaches it: the way through a jump host. @throws Error with a code, as a socket has it */
  async forward(address: string, port: number): Promise<Duplex> {
    this.#sessions.life.countsBytes = true
    let late: NodeJS.Timeout | undefined
    const noAnswer = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), FORWARD_MS)
    })
    try {
      return await Promise.race([this.#ssh.forwardOut('127.0.0.1', 0, address, port), noAnswer])
    } finally {
      clearTimeout(late)
    }
  }

  close(): void {
    this.#ssh.dispose()
  }

  // A host may allow fewer sessions than we would like (MaxSessions): then fewer run at once. What is refused waits
  // until one of ours has ended, and is given up where it waits for none of ours.
  #exec(command: string, input: string | undefined, options: ExecOptions, long = false): Promise<Ended> {
    return this.#queue(async () => {
      for (let alone = 0; ; ) {
        try {
          return await this.#once(command, input, options, long)
        } catch (error) {
          alone = this.#short ? 0 : alone + 1
          if (!isRefusal(error) || alone === REFUSALS) throw noSession(this.name, error, this.#hasOpened)
        }
        this.#queue.concurrency = Math.max(1, this.#queue.activeCount - 1)
        if (this.#short) await once(this.#ends, 'end')
        await later(REFUSED_MS) // the host may still count a session that we have just seen end
      }
    })
  }

  async #once(command: string, input: string | undefined, options: ExecOptions, long: boolean): Promise<Ended> {
    let counted = 0
    const opened = (channel: ClientChannel) => {
      this.#hasOpened = true
      counted = long ? 0 : 1
      this.#short += counted
      options.opened?.(channel)
    }
    try {
      return await exec(this.#sessions, command, input, { ...options, opened })
    } finally {
      this.#short -= counted
      this.#ends.emit('end')
    }
  }

  #asRoot(): string {
    if (this.become === 'root') return ''
    return this.become === 'sudo' ? `${SUDO} -n -- ` : `${SUDO} -k -S -p '' -- `
  }

  #password(): string {
    return typeof this.become === 'string' ? '' : `${this.become.reveal()}\n`
  }
}

const isRefusal = (error: unknown): boolean => error instanceof Error && error.message.includes('Channel open failure')

const noSession = (host: string, error: unknown, hasOpened: boolean): Fault =>
  new Fault(`${host} lets us in, and does not run what we send.`, {
    at: host,
    because: error instanceof Error ? error.message : String(error),
    try: hasOpened
      ? 'groundwork needs two sessions at once over one connection; allow ten in the host’s sshd_config:  MaxSessions 10'
      : 'is it an SSH server for something else (files only, Git, a router)? then it is no host of ours',
  })
