import { connect } from 'node:net'

const AT_ONCE = 400
const TIMEOUT_MS = 1500

/** Which TCP ports of an address answer from here, found by connecting to every one (1 to 65535), some seconds on a near host. */
export async function openPorts(address: string, signal: AbortSignal): Promise<readonly number[]> {
  const open: number[] = []
  let next = 1
  const worker = async () => {
    while (next <= 65535) {
      signal.throwIfAborted()
      const port = next++
      if (await answers(address, port)) open.push(port)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return open.sort((one, other) => one - other)
}

function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port })
    const done = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.setTimeout(TIMEOUT_MS, () => done(false))
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
  })
}
