import type { ClientChannel } from 'ssh2'
import type { Sessions } from './sessions.ts'

/** How a command on a host ended. Neither exit nor signal: the connection was lost, and the outcome is unknown. */
export interface Ended {
  readonly exit: number | undefined
  readonly signal: string | undefined
  /** Set where we ended it ourselves: 'deadline' or 'limit'. */
  readonly stopped?: 'deadline' | 'limit'
  /** Set where the connection was lost: before the command could be sent, or behind that. */
  readonly lost?: 'before' | 'during'
}

export interface ExecOptions {
  readonly deadlineSeconds: number
  readonly stdout: (chunk: Buffer) => void
  readonly stderr: (chunk: Buffer) => void
  /** Ends the command when more than this has come out of it. */
  readonly limitBytes?: number
  /** Given the channel once it is open, for those who go on talking to it. */
  readonly opened?: (channel: ClientChannel) => void
}

/**
 * Runs one command with `input` on its stdin. Bytes are handed on as they come; nothing is collected here.
 * node-ssh's own exec corrupts UTF-8, has no deadline and takes a lost connection for an end (node-ssh 13.2.1, measured).
 */
export function exec(
  client: Sessions,
  command: string,
  input: string | undefined,
  options: ExecOptions,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const settle = once(resolve)
    const lost = () => settle({ exit: undefined, signal: undefined, lost: 'during' })
    client.once('close', lost)
    client.exec(command, (error, channel) => {
      if (error) {
        client.off('close', lost)
        return reject(error)
      }
      watch(channel, options, (ended) => {
        client.off('close', lost)
        settle(ended)
      })
      options.opened?.(channel)
      if (input !== undefined) channel.end(input)
    })
  })
}

function watch(channel: ClientChannel, options: ExecOptions, ended: (ended: Ended) => void): void {
  let exit: number | undefined
  let signal: string | undefined
  let stopped: Ended['stopped']
  let bytes = 0
  const stop = (why: Ended['stopped']) => {
    if (stopped) return
    stopped = why
    channel.signal('TERM')
    // close() alone leaves the command running and never ends here, so the answer does not wait for the server's.
    channel.close()
    setTimeout(() => ended({ exit: undefined, signal: undefined, stopped }), 500).unref()
  }
  const deadline = setTimeout(() => stop('deadline'), options.deadlineSeconds * 1000)
  const count = (take: (chunk: Buffer) => void) => (chunk: Buffer) => {
    bytes += chunk.length
    if (stopped) return
    if (options.limitBytes !== undefined && bytes > options.limitBytes) return stop('limit')
    take(chunk)
  }
  channel.on('data', count(options.stdout))
  channel.stderr.on('data', count(options.stderr))
  channel.on('exit', (code: number | null, name?: string) => {
    exit = code ?? undefined
    signal = name
  })
  channel.on('error', () => undefined) // the 'close' that follows is the answer
  channel.on('close', () => {
    clearTimeout(deadline)
    ended({ exit, signal, stopped })
  })
}

function once<T>(call: (value: T) => void): (value: T) => void {
  let called = false
  return (value) => {
    if (called) return
    called = true
    call(value)
  }
}
