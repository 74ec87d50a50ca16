import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Lane, type Pace } from './lane.ts'

/** From the client to the host, or back. */
export type Direction = 'up' | 'down'

/** How a way ends: both ends are told politely, or with a reset, or nobody is told; `deaf`: this direction alone stops. */
export type Ending = 'end' | 'reset' | 'silent' | 'deaf'

/** What the way between a client and a host does to what passes. Without any of these it only forwards and counts. */
export interface Weather {
  /** Added to every round trip, half of it each way. */
  readonly roundTripMs?: number
  /** Each way. */
  readonly bytesPerSecond?: number
  /** A share of the pieces (0 to 1, drawn by `chance`) comes late, and holds up what is behind, as a lost packet does. */
  readonly stalls?: { readonly share: number; readonly ms: number; readonly chance: () => number }
  /** The whole way ends once so many bytes have passed in one direction, over all connections; later ones fare the same. */
  readonly cut?: { readonly direction: Direction; readonly after: number; readonly how: Ending }
  /** One bit of this byte arrives wrong. */
  readonly flip?: { readonly direction: Direction; readonly at: number }
}

/** What has passed, over all connections. */
export interface Passed {
  readonly connections: number
  readonly up: number
  readonly down: number
  /** How often the client spoke after it had heard something, or for the first time: what a long way makes it wait for. */
  readonly roundTrips: number
}

/** A way to a host that can be made bad. */
export interface FaultProxy {
  /** On 127.0.0.1. */
  readonly port: number
  readonly passed: () => Passed
  /** Weather from now on; the bytes are counted from nought again, and what was cut stays cut for the connections that were. */
  readonly set: (weather: Weather) => void
  /** Ends every open connection in this way, now. */
  readonly cutNow: (how: Ending) => void
  /** When the way was cut: `performance.now()`. */
  readonly cutAt: () => number | undefined
  readonly close: () => Promise<void>
}

interface Pair {
  readonly client: Socket
  readonly host: Socket
  readonly lanes: Record<Direction, Lane>
  silent: boolean
}

/** Listens on a free port of 127.0.0.1 and forwards to a host, in the given weather. To be closed, always. */
export async function proxy(
  to: { readonly address: string; readonly port?: number },
  first: Weather = {},
): Promise<FaultProxy> {
  let weather = first
  let passed = nothing()
  let cutAt: number | undefined
  const pairs = new Set<Pair>()
  const sockets = new Set<Socket>()

  const cut = (how: Ending, direction: Direction = 'up', some: Iterable<Pair> = pairs) => {
    cutAt ??= performance.now()
    for (const pair of some) end(pair, how, direction)
  }
  const seen = (direction: Direction, bytes: Buffer, lane: Lane) => {
    const before = passed[direction]
    passed[direction] += bytes.length
    const { cut: wanted, flip } = weather
    if (flip?.direction === direction) flipped(bytes, flip.at - before)
    if (wanted?.direction !== direction || passed[direction] < wanted.after) return lane.push(bytes)
    lane.push(bytes.subarray(0, Math.max(wanted.after - before, 0)), () => cut(wanted.how, direction))
  }

  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    passed.connections++
    const host = connect({ host: to.address, port: to.port ?? 22, noDelay: true, allowHalfOpen: true })
    let heard = true
    const pair: Pair = {
      client,
      host,
      silent: false,
      lanes: {
        up: new Lane(
          client,
          host,
          () => paceOf(weather),
          (bytes, lane) => {
            if (heard) passed.roundTrips++
            heard = false
            seen('up', bytes, lane)
          },
          () => undefined,
        ),
        // What the host says counts when the client hears it.
        down: new Lane(
          host,
          client,
          () => paceOf(weather),
          (bytes, lane) => seen('down', bytes, lane),
          () => {
            heard = true
          },
        ),
      },
    }
    pairs.add(pair)
    for (const [socket, other] of [
      [client, host],
      [host, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined) // the 'close' that follows tells the other end
      socket.on('close', () => {
        sockets.delete(socket)
        pairs.delete(pair)
        if (!pair.silent) other.destroy()
      })
    }
    const { cut: wanted } = weather
    if (cutAt !== undefined && wanted && passed[wanted.direction] >= wanted.after)
      cut(wanted.how, wanted.direction, [pair])
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    passed: () => ({ ...passed }),
    set: (next) => {
      weather = next
      passed = nothing()
      cutAt = undefined
    },
    cutNow: (how) => cut(how),
    cutAt: () => cutAt,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const nothing = () => ({ connections: 0, up: 0, down: 0, roundTrips: 0 })

function end(pair: Pair, how: Ending, direction: Direction): void {
  if (how === 'reset') for (const socket of [pair.client, pair.host]) socket.resetAndDestroy()
  else if (how === 'end') for (const socket of [pair.client, pair.host]) socket.end(() => socket.destroy())
  else if (how === 'deaf') pair.lanes[direction].stop()
  else {
    pair.silent = true
    for (const lane of Object.values(pair.lanes)) lane.stop()
  }
}

function flipped(bytes: Buffer, at: number): void {
  const byte = bytes[at]
  if (byte !== undefined) bytes[at] = byte ^ 1
}

const paceOf = ({ roundTripMs = 0, bytesPerSecond = Number.POSITIVE_INFINITY, stalls }: Weather): Pace => ({
  delayMs: roundTripMs / 2,
  bytesPerSecond,
  stallMs: () => (stalls && stalls.chance() < stalls.share ? stalls.ms : 0),
})
