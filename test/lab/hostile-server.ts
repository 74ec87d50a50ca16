import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import ssh2, { type Connection, type ServerChannel, type Session } from 'ssh2'

/** What a server does with each connection. */
export type Behaviour = (socket: Socket) => void

/** A misbehaving server on loopback. */
export interface Hostile {
  readonly port: number
  /** How many connections came. */
  readonly connections: () => number
  /** How many logins were tried; undefined where it speaks no SSH. */
  readonly logins?: () => number
  readonly close: () => Promise<void>
}

/** Listens on a port of the system's choice and lets each connection be mistreated. */
export async function hostile(behave: Behaviour): Promise<Hostile> {
  const open = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections++
    open.add(socket)
    socket.on('error', () => undefined).on('close', () => open.delete(socket))
    behave(socket)
  })
  const port = await listening(server)
  return {
    port,
    connections: () => connections,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        for (const socket of open) socket.destroy()
      }),
  }
}

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)))

export const silent: Behaviour = () => undefined

export const resets: Behaviour = (socket) => socket.resetAndDestroy()

export const hangsUp: Behaviour = (socket) => socket.end()

/** Says this and then nothing more. */
export const says =
  (text: string | Buffer): Behaviour =>
  (socket) =>
    socket.write(text)

/** Says this and hangs up, as sshd does with those whom it does not want. */
export const saysAndLeaves =
  (text: string): Behaviour =>
  (socket) =>
    socket.end(text)

/** A byte a second, for ever. */
export const drips =
  (text: string): Behaviour =>
  (socket) => {
    let at = 0
    const drip = setInterval(() => socket.write(text[at++ % text.length] ?? ''), 1000)
    socket.on('close', () => clearInterval(drip))
  }

/** The same again and again, as fast as it is taken. */
export const floods =
  (piece: Buffer, before = ''): Behaviour =>
  (socket) => {
    socket.write(before)
    writesForEver(socket, piece)
  }

/** SSH message numbers (RFC 4253), by which a handshake is cut. */
export const MESSAGE = { kexInit: 20, newKeys: 21, kexReply: 31 } as const

/** A real SSH server behind a gate that lets nothing more out behind this message of the handshake. */
export const stallsBehind =
  (last: keyof typeof MESSAGE, real: () => number): Behaviour =>
  (socket) => {
    const inner = dial(real(), '127.0.0.1')
    const gate = gateBehind(MESSAGE[last], (bytes) => socket.write(bytes))
    inner.on('data', gate).on('error', () => undefined)
    socket.on('data', (bytes) => inner.write(bytes)).on('close', () => inner.destroy())
  }

// Up to NEWKEYS everything is readable: the version line, then packets with their length in front.
function gateBehind(last: number, pass: (bytes: Buffer) => void): (bytes: Buffer) => void {
  let held = Buffer.alloc(0)
  let version = false
  let shut = false
  return (bytes) => {
    if (shut) return
    held = Buffer.concat([held, bytes])
    for (;;) {
      const size = version ? (held.length < 4 ? 0 : held.readUInt32BE(0) + 4) : held.indexOf('\n') + 1
      if (!size || held.length < size) return
      const packet = held.subarray(0, size)
      held = held.subarray(size)
      pass(packet)
      if (version && packet[5] === last) {
        shut = true
        return
      }
      version = true
    }
  }
}

/** What a server that speaks SSH does behind the handshake; what is not said here it does as it should. */
export interface SshBehaviour {
  readonly hostKeys: readonly string[]
  readonly banner?: string
  readonly login?: (login: { readonly accept: () => void; readonly reject: () => void }) => void
  readonly session?: (accept: () => Session, reject: () => void, connection: Connection) => void
  readonly exec?: (accept: () => ServerChannel, reject: () => void) => void
  /** Called with the channel of a command, and with its whole stdin. */
  readonly run?: (channel: ServerChannel, script: string, connection: Connection) => void
}

/** A server that speaks SSH, and does at each stage what it was told to. */
export async function sshServer(behaviour: SshBehaviour): Promise<Required<Hostile>> {
  let logins = 0
  let connections = 0
  const open = new Set<Connection>()
  const greeting = { hostKeys: [...behaviour.hostKeys], ...(behaviour.banner && { banner: behaviour.banner }) }
  const server = new ssh2.Server(greeting, (connection) => {
    connections++
    open.add(connection)
    connection.on('error', () => undefined).on('close', () => open.delete(connection))
    connection.on('authentication', (context) => {
      logins++
      if (behaviour.login) behaviour.login(context)
      else context.accept()
    })
    connection.on('session', (accept, reject) => {
      if (behaviour.session) behaviour.session(accept, reject, connection)
      else accept().on('exec', (take, refuse) => command(behaviour, take, refuse, connection))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { readonly port: number }).port,
    connections: () => connections,
    logins: () => logins,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        for (const connection of open) connection.end()
      }),
  }
}

function command(behaviour: SshBehaviour, take: () => ServerChannel, refuse: () => void, connection: Connection): void {
  if (behaviour.exec) {
    behaviour.exec(take, refuse)
    return
  }
  const channel = take()
  let script = ''
  for (const stream of [channel, channel.stderr]) stream.on('error', () => undefined)
  channel.on('data', (chunk: Buffer) => {
    script += chunk.toString()
  })
  // A session that was opened ahead and not needed ends without a script.
  channel.on('end', () => script && behaviour.run?.(channel, script, connection))
}

/** A probe script, read by the host that gets it. */
interface Asked {
  readonly nonce: string
  readonly probes: readonly string[]
}

function asked(script: string): Asked {
  const nonce = /printf '\\n([0-9a-f]{24}) %s\\n'/.exec(script)?.[1] ?? ''
  const probes = [...script.matchAll(/\n\(\n([\s\S]*?)\n\) <\/dev\/null; mark "\d+ \$\?"/g)].map(
    ([, probe]) => probe ?? '',
  )
  return { nonce, probes }
}

/** Answers a probe script as a shell would, with answers of our own making. */
export function answer(
  channel: ServerChannel,
  script: string,
  answerOf: (probe: string) => {
    readonly text: string | Buffer
    readonly error?: string | Buffer
    readonly exit?: number
  },
): void {
  const { nonce, probes } = asked(script)
  const mark = (words: string) => {
    for (const stream of [channel, channel.stderr]) stream.write(`\n${nonce} ${words}\n`)
  }
  mark('BEGIN')
  for (const [index, probe] of probes.entries()) {
    const { text, error, exit = 0 } = answerOf(probe)
    channel.write(text)
    if (error) channel.stderr.write(error)
    mark(`${index} ${exit}`)
  }
  mark('END')
}

/** Writes one of a script's marks as the host that got it can. */
export function marker(script: string): (words: string) => string {
  const { nonce } = asked(script)
  return (words) => `\n${nonce} ${words}\n`
}

/** Ends a command with this exit status or signal. */
export function endWith(channel: ServerChannel, how: number | string): void {
  if (typeof how === 'number') channel.exit(how)
  else channel.exit(how)
  channel.end()
}

/** The same piece again and again, as fast as it is taken. */
export function writesForEver(stream: NodeJS.WritableStream, piece: Buffer, bytes = Number.POSITIVE_INFINITY): void {
  let left = bytes
  const more = () => {
    while (left > 0 && stream.writable) {
      left -= piece.length
      if (!stream.write(piece)) {
        stream.once('drain', more)
        return
      }
    }
  }
  more()
}

const RELEASE = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n'
const facts: readonly (readonly [RegExp, string])[] = [
  [/^id -u$/, '0'],
  [/os-release/, RELEASE],
  [/^missing=/, ''],
  [/print-architecture/, 'amd64'],
  [/MemTotal/, '2048'],
  [/^nproc$/, '2'],
  [/route get/, '192.0.2.7'],
  [/cd \/var\/lib\/groundwork/, ''],
]

/** The answer of an ordinary Debian 13 to a question of first contact; undefined for every other question. */
export const ordinary = (probe: string): string | undefined => facts.find(([pattern]) => pattern.test(probe))?.[1]
