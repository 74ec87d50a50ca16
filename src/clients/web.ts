import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'

/** What a web page answered: its status, and the first 64 KiB of its text. */
export interface Page {
  readonly status: number
  readonly text: string
}

const LIMIT_BYTES = 64 * 1024

/** Fetches a page as a visitor would, without following redirects. @throws what the network says */
export async function fetchPage(url: string, signal: AbortSignal): Promise<Page> {
  const request = get(url, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    headers: { 'user-agent': 'groundwork' },
    agent: false,
  })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk
    if (text.length > LIMIT_BYTES) break
  }
  return { status: response.statusCode ?? 0, text }
}
