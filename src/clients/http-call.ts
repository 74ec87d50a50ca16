import { request } from 'undici'

/** What an API answered. */
export interface Answered {
  readonly status: number
  readonly text: string
  /** Of `retry-after`, or `ratelimit-reset` after 429: seconds, or a time in seconds since 1970. */
  readonly retryAfter: string | undefined
}

/** One call of an API. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** How long it may take; 30 s, unless said. */
  readonly milliseconds?: number
}

/** How often a call is made before it is given up. */
export const TRIES = 8

const DEADLINE_MS = 30_000
const LONGEST_WAIT_MS = 60_000
const FIRST_WAIT_MS = 250
const MOST_BYTES = 16 * 1024 * 1024

/** Makes a call once, within its time. `odd` makes the fault of an answer longer than 16 MiB. */
export async function callOnce(
  url: string,
  call: Call,
  signal: AbortSignal,
  odd: (because: string) => Error,
): Promise<Answered> {
  const answer = await request(url, {
    method: call.method,
    signal: AbortSignal.any([signal, AbortSignal.timeout(call.milliseconds ?? DEADLINE_MS)]),
    headers: { 'user-agent': 'groundwork', ...call.headers },
    ...(call.body !== undefined && { body: call.body }),
  })
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw odd('it is longer than 16 MiB')
    chunks.push(chunk)
  }
  // Every answer may say when the limit is full again; only after 429 that is when to come back.
  const reset = answer.statusCode === 429 ? answer.headers['ratelimit-reset'] : undefined
  const retryAfter = answer.headers['retry-after'] ?? reset
  return {
    status: answer.statusCode,
    text: Buffer.concat(chunks).toString('utf8'),
    retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
  }
}

/** Milliseconds until the next try: twice as long each time, up to a minute, never at the same moment as others; or as long as the API says. */
export function waitOf(retryAfter: string | undefined, tries: number): number {
  const said = Number(retryAfter)
  const asked = said > 1e9 ? said * 1000 - Date.now() : said * 1000
  if (retryAfter !== undefined && asked >= 0) return Math.min(asked, LONGEST_WAIT_MS) + Math.random() * 100
  return Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS) * (0.5 + Math.random())
}

/** In clear a secret goes only to this machine itself, where tests listen. */
export const isSafe = (base: string): boolean =>
  /^https:\/\/|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(base)

/** Did the call fail before a byte of it was sent? */
export const wasNotSent = (error: unknown): boolean => NOT_SENT.includes(codeOf(error))

const NOT_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH', 'ENETUNREACH']

const codeOf = (error: unknown): string => String((error as { readonly code?: unknown }).code ?? '')

/** Is it the network that failed, and not we? */
export const isNetwork = (error: unknown): boolean =>
  error instanceof Error && (codeOf(error) !== '' || error.name === 'TimeoutError' || error.name === 'AbortError')

/** The network's failure in words. */
export const networkWords = (error: unknown, milliseconds = DEADLINE_MS): string =>
  error instanceof Error && error.name === 'TimeoutError'
    ? `no answer in ${milliseconds / 1000} s`
    : `the connection failed (${codeOf(error) || 'aborted'})`
