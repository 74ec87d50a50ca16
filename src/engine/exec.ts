import type { ClientChannel } from 'ssh2'
import { type Life, type Pace, pieces } from './life.ts'
import type { Sessions } from './sessions.ts'

/** How a command on a host ended. Neither exit nor signal: the outcome is unknown. */
export interface Ended {
  readonly exit: number | undefined
  readonly signal: string | undefined
  /** Set where we ended it ourselves. 'over': all that matters had come, and something still held the channel open. */
  readonly stopped?: 'deadline' | 'limit' | 'over'
  /** Set where the connection was lost: before the command could be sent, or behind that. */
  readonly lost?: 'before' | 'during'
}

export interface ExecOptions {
  /** From the request for a session on to the command's end. */
  readonly deadlineSeconds: number
  readonly stdout: (chunk: Buffer) => void
  readonly stderr: (chunk: Buffer) => void
  /** Ends the command when more than this has come out of it. */
  readonly limitBytes?: number
  /** Aborted when all that matters has come. What holds the channel open from then on is given two seconds. */
  readonly over?: AbortSignal
  /** Given the channel once it is open, for those who go on talking to it. */
  readonly opened?: (channel: ClientChannel) => void
}

// A server that answers at all opens a session at once; a fix of half an hour does not wait half an hour for its beginning.
const OPENING_SECONDS = 20
const OVER_MS = 2000

/**
 * Runs one command with `input` on its stdin. Bytes are handed on as they come; nothing is collected here.
 * node-ssh's own exec corrupts UTF-8, has no deadline and takes a lost connection for an end (node-ssh 13.2.1, measured).
 * @throws what ssh2 says where no session is opened, or the command is refused
 */
export function exec(
  client: Sessions,
  command: string,
  input: string | undefined,
  options: ExecOptions,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let settled = false
    let sent = false
    const settle = (how: () => void) => {
      if (settled) return
      settled = true
      clearTimeout(opening)
      client.off('close', lost)
      how()
    }
    const lost = () => settle(() => resolve({ exit: undefined, signal: undefined, lost: sent ? 'during' : 'before' }))
    const openingSeconds = Math.min(OPENING_SECONDS, options.deadlineSeconds)
    const opening = setTimeout(
      () => settle(() => reject(new Error(`it opened no session within ${openingSeconds} s`))),
      openingSeconds * 1000,
    )
    client.once('close', lost)
    const opened = (error: Error | undefined, channel: ClientChannel) => {
      if (error) return error.message.includes('Not connected') ? lost() : settle(() => reject(error))
      if (settled) return channel.close()
      clearTimeout(opening)
      sent = true
      watch(channel, options, client.life, (ended) => settle(() => resolve(ended)))
      options.opened?.(channel)
      if (input !== undefined) void send(channel, input, client.life.pace())
    }
    try {
      client.exec(command, opened)
    } catch {
      lost() // ssh2 throws only where the connection has gone already
    }
  })
}

// In pieces, so that a long script on a slow line leaves room for what goes beside it.
async function send(channel: ClientChannel, input: string, room: Pace): Promise<void> {
  for (const piece of pieces(input)) {
    await room(piece.length)
    if (!channel.writable) return
    channel.write(piece)
  }
  channel.end()
}

function watch(channel: ClientChannel, options: ExecOptions, life: Life, ended: (ended: Ended) => void): void {
  let exit: number | undefined
  let signal: string | undefined
  let stopped: Ended['stopped']
  let bytes = 0
  const stop = (why: Ended['stopped']) => {
    if (stopped) return
    stopped = why
    // What was started on purpose and outlives its script shares the process group: it is not ours to end.
    if (why !== 'over') channel.signal('TERM')
    // close() alone leaves the command running and never ends here, so the answer does not wait for the server's.
    channel.close()
    setTimeout(() => ended({ exit, signal, stopped }), 500).unref()
  }
  const deadline = setTimeout(() => stop('deadline'), options.deadlineSeconds * 1000)
  options.over?.addEventListener('abort', () => setTimeout(() => stop('over'), OVER_MS).unref(), { once: true })
  const count = (take: (chunk: Buffer) => void) => (chunk: Buffer) => {
    life.hear()
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
    ended({ exit, signal, ...(stopped && { stopped }) })
  })
}
