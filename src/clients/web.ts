/** What a web page answered: its status, and the first 64 KiB of its text. */
export interface Page {
  readonly status: number
  readonly text: string
}

const LIMIT_BYTES = 64 * 1024

/** Fetches a page as a visitor would, without following redirects. @throws what the network says */
export async function fetchPage(url: string, signal: AbortSignal): Promise<Page> {
  const { request } = await import('undici')
  const { statusCode, body } = await request(url, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    headers: { 'user-agent': 'groundwork' },
    headersTimeout: 10_000,
    bodyTimeout: 10_000,
  })
  let text = ''
  for await (const chunk of body.setEncoding('utf8')) {
    text += chunk
    if (text.length > LIMIT_BYTES) break
  }
  return { status: statusCode, text }
}
