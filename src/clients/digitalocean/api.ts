import { setTimeout as later } from 'node:timers/promises'
import { request } from 'undici'
import type * as z from 'zod'
import type { Secret } from '../../engine/secret.ts'
import { gaveUp, inClear, notReached, oddAnswer, refused, Unclear } from './faults.ts'

/** DigitalOcean's API v2, as far as groundwork needs it: https://docs.digitalocean.com/reference/api/ */
export interface Api {
  /** Calls that were made, repeated ones included. */
  readonly calls: () => number
  /** undefined: there is no such object (404). */
  readonly get: <T>(path: string, answer: z.ZodType<T>) => Promise<T | undefined>
  /** All pages of a list, at most 200 objects each. */
  readonly list: <T>(path: string, answer: z.ZodType<Page<T>>) => Promise<readonly T[]>
  /** The same of what may not be there: a zone's records; undefined: there is no such zone. */
  readonly listIn: <T>(path: string, answer: z.ZodType<Page<T>>) => Promise<readonly T[] | undefined>
  /** Sent once; sent again only where it surely was not taken (429, no connection). @throws Unclear where nobody knows */
  readonly post: <T>(path: string, body: object, answer: z.ZodType<T>) => Promise<T>
  /** The whole of an object: may be sent again. */
  readonly put: (path: string, body: object) => Promise<void>
  /** What is gone already is fine. */
  readonly remove: (path: string) => Promise<void>
}

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly more: boolean
}

interface Answered {
  readonly status: number
  readonly text: string
  readonly retryAfter: string | undefined
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

const DEADLINE_MS = 30_000
const TRIES = 8
const LONGEST_WAIT_MS = 60_000
const FIRST_WAIT_MS = 250
const PER_PAGE = 200
const MOST_BYTES = 16 * 1024 * 1024

/** An account's API. DIGITALOCEAN_API_URL points it elsewhere. `note` hears of every wait. */
export function digitalOceanApi(token: Secret, signal: AbortSignal, note: (text: string) => void): Api {
  const base = (process.env.DIGITALOCEAN_API_URL || 'https://api.digitalocean.com').replace(/\/+$/, '')
  // In clear only to this machine itself, where tests listen.
  if (!/^https:\/\/|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(base)) throw inClear(base)
  let calls = 0

  async function once(method: Method, path: string, body?: object): Promise<Answered> {
    calls++
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)])
    const answer = await request(`${base}${path}`, {
      method,
      signal: deadline,
      headers: {
        authorization: `Bearer ${token.reveal()}`,
        'content-type': 'application/json',
        'user-agent': 'groundwork',
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > MOST_BYTES) throw oddAnswer(`${method} ${path}`, 'it is longer than 16 MiB')
      chunks.push(chunk)
    }
    const retryAfter = answer.headers['retry-after'] ?? answer.headers['ratelimit-reset']
    return {
      status: answer.statusCode,
      text: Buffer.concat(chunks).toString('utf8'),
      retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
    }
  }

  async function call(method: Method, path: string, body?: object): Promise<Answered> {
    const what = `${method} ${path}`
    for (let tries = 1; ; tries++) {
      let answered: Answered | undefined
      let failure = ''
      let untouched = false
      try {
        answered = await once(method, path, body)
        if (answered.status < 400 || answered.status === 404) return answered
        if (answered.status !== 429 && answered.status < 500) throw refused(what, answered.status, answered.text)
        failure = `status ${answered.status}`
        untouched = answered.status === 429
      } catch (error) {
        signal.throwIfAborted()
        if (answered || !isNetwork(error)) throw error
        failure = wordsOf(error)
        untouched = NOT_SENT.includes(codeOf(error))
      }
      if (method === 'POST' && !untouched) throw new Unclear(what, failure, answered !== undefined)
      if (tries === TRIES) throw answered ? gaveUp(what, failure, tries) : notReached(what, base, failure, tries)
      const wait = waitOf(answered?.retryAfter, tries)
      if (wait > 5000) note(`DigitalOcean answers ${failure}; asks again in ${Math.round(wait / 1000)} s`)
      await later(wait, undefined, { signal })
    }
  }

  async function pages<T>(path: string, schema: z.ZodType<Page<T>>): Promise<readonly T[] | undefined> {
    const all: T[] = []
    for (let page = 1; ; page++) {
      const answered = await call('GET', `${path}${path.includes('?') ? '&' : '?'}per_page=${PER_PAGE}&page=${page}`)
      if (answered.status === 404) return undefined
      const { items, more } = read(`GET ${path}`, answered, schema)
      all.push(...items)
      if (!more || !items.length) return all
    }
  }

  return {
    calls: () => calls,
    get: async (path, schema) => {
      const answered = await call('GET', path)
      return answered.status === 404 ? undefined : read(`GET ${path}`, answered, schema)
    },
    list: async (path, schema) => {
      const all = await pages(path, schema)
      if (!all) throw refused(`GET ${path}`, 404, '')
      return all
    },
    listIn: pages,
    post: async (path, body, schema) =>
      read(`POST ${path}`, found(`POST ${path}`, await call('POST', path, body)), schema),
    put: async (path, body) => void found(`PUT ${path}`, await call('PUT', path, body)),
    remove: async (path) => void (await call('DELETE', path)),
  }
}

function found(what: string, answered: Answered): Answered {
  if (answered.status === 404) throw refused(what, 404, answered.text)
  return answered
}

function read<T>(what: string, { text }: Answered, schema: z.ZodType<T>): T {
  let value: unknown
  try {
    value = JSON.parse(text || '{}')
  } catch {
    throw oddAnswer(what, 'it is no JSON')
  }
  const { data, error } = schema.safeParse(value)
  if (error) throw oddAnswer(what, `${error.issues[0]?.path.join('.')}: ${error.issues[0]?.message}`)
  return data
}

// Twice as long each time, up to a minute, never at the same moment as others; or as long as the API says, in seconds or as a time.
function waitOf(retryAfter: string | undefined, tries: number): number {
  const said = Number(retryAfter)
  const asked = said > 1e9 ? said * 1000 - Date.now() : said * 1000
  if (retryAfter !== undefined && asked >= 0) return Math.min(asked, LONGEST_WAIT_MS) + Math.random() * 100
  return Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS) * (0.5 + Math.random())
}

// Before a byte of the request was sent.
const NOT_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH', 'ENETUNREACH']

const codeOf = (error: unknown): string => String((error as { readonly code?: unknown }).code ?? '')

const isNetwork = (error: unknown): boolean =>
  error instanceof Error && (codeOf(error) !== '' || error.name === 'TimeoutError' || error.name === 'AbortError')

const wordsOf = (error: unknown): string =>
  error instanceof Error && error.name === 'TimeoutError'
    ? `no answer in ${DEADLINE_MS / 1000} s`
    : `the connection failed (${codeOf(error) || 'aborted'})`
