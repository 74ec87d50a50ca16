import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

const CONNECT_MS = 10_000
const FIRST_BYTES = 256

/** Opens a TCP connection within ten seconds, DNS included. @throws what the socket says, with its code */
export function socketTo(address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Without noDelay every exec waits 40 ms for a delayed acknowledgement (measured).
    const socket = connect({ host: address, port, noDelay: true, keepAlive: true })
    const noAnswer = Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })
    const late = setTimeout(() => socket.destroy(noAnswer), CONNECT_MS)
    socket.once('connect', () => {
      clearTimeout(late)
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', (error) => {
      clearTimeout(late)
      reject(error)
    })
  })
}

/**
 * The first bytes that come out of a stream that somebody else reads: an SSH server's version line, or what stands
 * there instead. Called after the reader has put its own listener on, so that nothing is lost to it.
 */
export function firstBytes(stream: Duplex): () => string {
  let seen = Buffer.alloc(0)
  const look = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk.subarray(0, FIRST_BYTES - seen.length)])
    if (seen.length === FIRST_BYTES) stream.off('data', look)
  }
  stream.on('data', look)
  return () => seen.toString('latin1')
}
