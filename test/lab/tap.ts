import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { MESSAGE } from './hostile-server.ts'

/** What a client has sent through a tap. */
export interface Tapped {
  readonly connections: number
  /** Numbers of the messages that it sent in clear (RFC 4253, section 12): 20 and 30 are its half of a key exchange, 21 takes the keys into use, 1 is goodbye. */
  readonly inClear: readonly number[]
  /** Behind that: what asks for a login, and all that follows one. */
  readonly encryptedBytes: number
}

/** An SSH address that leads now here, now there, and counts what is sent to it. */
export interface Tap {
  /** On 127.0.0.1. */
  readonly port: number
  /** Where it leads from now on; undefined: nobody answers there. What was counted is forgotten. */
  readonly leadTo: (target: { readonly host: string; readonly port: number } | undefined) => void
  readonly tapped: () => Tapped
  readonly close: () => void
}

/** Listens on a free port of 127.0.0.1. To be closed, always. */
export async function tap(): Promise<Tap> {
  const open = new Set<Socket>()
  const none = { connections: 0, inClear: [] as readonly number[], encryptedBytes: 0 }
  let tapped: Tapped = none
  let target: { readonly host: string; readonly port: number } | undefined
  const server = createServer((client) => {
    const inner = target && connect(target)
    if (!inner) return client.resetAndDestroy()
    tapped = { ...tapped, connections: tapped.connections + 1 }
    for (const socket of [client, inner]) open.add(socket.on('error', () => undefined))
    client.on(
      'data',
      reader(
        (type) => {
          tapped = { ...tapped, inClear: [...tapped.inClear, type] }
        },
        (bytes) => {
          tapped = { ...tapped, encryptedBytes: tapped.encryptedBytes + bytes }
        },
      ),
    )
    client.pipe(inner).pipe(client)
    client.on('close', () => inner.destroy())
    inner.on('close', () => client.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: (next) => {
      target = next
      tapped = none
    },
    tapped: () => tapped,
    close: () => {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}

// The version line, then packets with their length in front, until the client takes its keys into use.
function reader(inClear: (type: number) => void, encrypted: (bytes: number) => void): (bytes: Buffer) => void {
  let held = Buffer.alloc(0)
  let hasVersion = false
  let isSecret = false
  return (bytes) => {
    if (isSecret) return encrypted(bytes.length)
    held = Buffer.concat([held, bytes])
    for (;;) {
      const size = hasVersion ? (held.length < 4 ? 0 : held.readUInt32BE(0) + 4) : held.indexOf('\n') + 1
      if (!size || held.length < size) return
      const type = held[5]
      held = held.subarray(size)
      if (hasVersion && type !== undefined) inClear(type)
      if (hasVersion && type === MESSAGE.newKeys) {
        isSecret = true
        return encrypted(held.length)
      }
      hasVersion = true
    }
  }
}
