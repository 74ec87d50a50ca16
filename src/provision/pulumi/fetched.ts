import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { EnvHttpProxyAgent, fetch } from 'undici'
import { isSafe } from '../../clients/http-call.ts'
import { Fault } from '../../engine/fault.ts'

const VENDOR = 'https://get.pulumi.com/releases'

/** Where the releases are: the vendor's, or a mirror's with the same layout. */
export const RELEASES = (): string => (process.env.PULUMI_RELEASES_URL || VENDOR).replace(/\/+$/, '')

/** Fetches a file, by the proxy that the environment names for its address. @throws Fault with `advice` where it does not come whole */
export async function fetched(url: string, path: string, advice: string): Promise<void> {
  // A program that is started must come from whom it says.
  if (!isSafe(url))
    throw new Fault('Programs are not fetched in clear.', {
      at: 'PULUMI_RELEASES_URL',
      because: `${url} is no https`,
      try: 'let it begin with https://',
      exit: 64,
    })
  const proxy = new EnvHttpProxyAgent()
  try {
    const answer = await fetch(url, { dispatcher: proxy, headers: { 'user-agent': 'groundwork' } })
    if (!answer.ok || !answer.body) throw new Error(`status ${answer.status}`)
    await pipeline(Readable.fromWeb(answer.body as ReadableStream), createWriteStream(path))
  } catch (error) {
    const { message, cause } = error as Error
    throw new Fault('Pulumi was not installed.', {
      at: url,
      because: [
        message,
        ...(cause instanceof Error ? [(cause as NodeJS.ErrnoException).code ?? cause.message] : []),
      ].join(': '),
      try: advice,
    })
  } finally {
    // Waits for nothing that was cut off.
    await proxy.destroy()
  }
}
