import { setTimeout as later } from 'node:timers/promises'
import type * as z from 'zod'
import type { Secret } from '../../engine/secret.ts'
import { requestIn } from '../api-faults.ts'
import {
  type Answered,
  type Call,
  callOnce,
  isNetwork,
  isSafe,
  networkWords,
  TRIES,
  waitOf,
  wasNotSent,
} from '../http-call.ts'
import { gaveUp, inClear, notReached, oddAnswer, Refused, refused, Unclear } from './faults.ts'

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
  /** Sent once; sent again only where it surely was not taken (429, no connection). @throws Unclear where nobody knows, Refused */
  readonly post: <T>(path: string, body: object, answer: z.ZodType<T>) => Promise<T>
  /**
   * Whether the token may make something at this path, by a body that lacks all it needs: nothing can come of it. false: it may not;
   * true: nothing says so.
   */
  readonly mayPost: (path: string) => Promise<boolean>
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

type Method = Call['method']

// A question that hangs is asked again, each time with more patience; what is sent once has all of it.
const ASKING_MS = 10_000
const DEADLINE_MS = 30_000
const TRIES_OF_WHAT_IS_NO_JSON = 3
const PER_PAGE = 200

/** An account's API. DIGITALOCEAN_API_URL points it elsewhere. `note` hears of every wait; `renew` says where another token goes. */
export function digitalOceanApi(token: Secret, signal: AbortSignal, note: (text: string) => void, renew: string): Api {
  const base = (process.env.DIGITALOCEAN_API_URL || 'https://api.digitalocean.com').replace(/\/+$/, '')
  if (!isSafe(base)) throw inClear(base)
  let calls = 0

  function once(method: Method, path: string, milliseconds: number, body?: object): Promise<Answered> {
    calls++
    const headers = { authorization: `Bearer ${token.reveal()}`, 'content-type': 'application/json' }
    const sent = { method, headers, milliseconds, body: body && JSON.stringify(body) }
    return callOnce(`${base}${path}`, sent, signal, (because) => oddAnswer(`${method} ${path}`, because))
  }

  // What is harmless may be sent again, whatever became of it.
  async function call(method: Method, path: string, body?: object, harmless = method !== 'POST'): Promise<Answered> {
    const what = `${method} ${path}`
    for (let tries = 1; ; tries++) {
      const patience = harmless ? Math.min(ASKING_MS * tries, DEADLINE_MS) : DEADLINE_MS
      let answered: Answered | undefined
      let failure = ''
      let untouched = false
      try {
        answered = await once(method, path, patience, body)
        const { status } = answered
        const json = jsonOf(answered.text)
        if (json && (status < 400 || status === 404)) return answered
        if (status === 429 || status >= 500) failure = `status ${status}${requestIn(json?.value)}`
        else if (status < 400 || status === 404) failure = `status ${status}, and what is no JSON`
        else throw refused(method, path, status, answered.text, renew)
        untouched = status === 429
      } catch (error) {
        signal.throwIfAborted()
        if (answered || !isNetwork(error)) throw error
        failure = networkWords(error, patience)
        untouched = wasNotSent(error)
      }
      const isOdd = answered !== undefined && answered.status < 500 && answered.status !== 429
      if (!harmless && !untouched) throw new Unclear(what, failure, answered !== undefined && !isOdd)
      if (isOdd && tries === TRIES_OF_WHAT_IS_NO_JSON) throw oddAnswer(what, failure)
      if (tries === TRIES) throw answered ? gaveUp(what, failure, tries) : notReached(what, base, failure, tries)
      const wait = waitOf(answered?.retryAfter, tries)
      if (wait > 5000 || failure.startsWith('no answer'))
        note(`DigitalOcean: ${what}: ${failure}; asks again in ${Math.round(wait / 1000)} s`)
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
      if (!all) throw refused('GET', path, 404, '')
      return all
    },
    listIn: pages,
    post: async (path, body, schema) =>
      read(`POST ${path}`, found('POST', path, await call('POST', path, body)), schema),
    mayPost: async (path) => {
      try {
        await call('POST', path, {}, true)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        return error.status !== 403
      }
      return true
    },
    put: async (path, body) => void found('PUT', path, await call('PUT', path, body)),
    remove: async (path) => void (await call('DELETE', path)),
  }
}

function found(method: Method, path: string, answered: Answered): Answered {
  if (answered.status === 404) throw refused(method, path, 404, answered.text)
  return answered
}

function read<T>(what: string, { text }: Answered, schema: z.ZodType<T>): T {
  const { data, error } = schema.safeParse(jsonOf(text)?.value)
  if (error) throw oddAnswer(what, `${error.issues[0]?.path.join('.')}: ${error.issues[0]?.message}`)
  return data
}

function jsonOf(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text || '{}') }
  } catch {
    return undefined // a page of something in front of the API, or an answer that was cut short
  }
}
