import { setTimeout as later } from 'node:timers/promises'
import type * as z from 'zod'
import { Secret } from '../../engine/secret.ts'
import { type Answered, type Call, callOnce, isNetwork, isSafe, networkWords, TRIES, waitOf } from '../http-call.ts'
import { oneToken } from './answers.ts'
import { gaveUp, inClear, notReached, oddAnswer, refused } from './faults.ts'

/** Who calls: an API key of a person, or an OAuth client, which gets a token for an hour. */
export type Caller = { readonly apiKey: Secret } | { readonly id: string; readonly secret: Secret }

/** Tailscale's API v2, as far as groundwork needs it: https://tailscale.com/api. undefined: there is no such object (404). */
export type CallApi = <T>(
  method: Call['method'],
  path: string,
  answer: z.ZodType<T>,
  signal: AbortSignal,
  body?: object,
) => Promise<T | undefined>

const TOKEN = '/api/v2/oauth/token'
// A token is not used in its last minute.
const SPARE_MS = 60_000

/**
 * The API; TAILSCALE_API_URL points it elsewhere. Every call is repeated where its answer is lost or "later": setting and removing
 * end the same, and a key that was made for nothing opens nothing any more after some minutes.
 */
export function tailscaleApi(caller: Caller): CallApi {
  const base = (process.env.TAILSCALE_API_URL || 'https://api.tailscale.com').replace(/\/+$/, '')
  if (!isSafe(base)) throw inClear(base)
  const oauth = 'id' in caller
  let token: { readonly value: Secret; readonly until: number } | undefined

  async function repeated(path: string, call: Call, signal: AbortSignal): Promise<Answered> {
    const what = `${call.method} ${path}`
    for (let tries = 1; ; tries++) {
      let answered: Answered | undefined
      let failure = ''
      try {
        answered = await callOnce(`${base}${path}`, call, signal, (because) => oddAnswer(what, because))
        if (answered.status < 400 || answered.status === 404) return answered
        if (answered.status !== 429 && answered.status < 500) throw refused(what, answered.status, answered.text, oauth)
        failure = `status ${answered.status}`
      } catch (error) {
        signal.throwIfAborted()
        if (answered || !isNetwork(error)) throw error
        failure = networkWords(error)
      }
      if (tries === TRIES) throw answered ? gaveUp(what, failure, tries) : notReached(what, base, failure, tries)
      await later(waitOf(answered?.retryAfter, tries), undefined, { signal })
    }
  }

  async function bearer(signal: AbortSignal): Promise<Secret> {
    if (!('id' in caller)) return caller.apiKey
    if (token && Date.now() < token.until) return token.value
    const form = { client_id: caller.id, client_secret: caller.secret.reveal(), grant_type: 'client_credentials' }
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams(form).toString()
    const answered = await repeated(TOKEN, { method: 'POST', headers, body }, signal)
    if (answered.status === 404) throw refused(`POST ${TOKEN}`, 404, answered.text, oauth)
    const { access_token, expires_in } = read(`POST ${TOKEN}`, answered, oneToken)
    token = { value: new Secret(access_token), until: Date.now() + expires_in * 1000 - SPARE_MS }
    return token.value
  }

  return async (method, path, answer, signal, body) => {
    const headers = {
      authorization: `Bearer ${(await bearer(signal)).reveal()}`,
      ...(body && { 'content-type': 'application/json' }),
    }
    const answered = await repeated(path, { method, headers, body: body && JSON.stringify(body) }, signal)
    return answered.status === 404 ? undefined : read(`${method} ${path}`, answered, answer)
  }
}

// What is wrong is named by its place alone: a value may be a key.
function read<T>(what: string, { text }: Answered, schema: z.ZodType<T>): T {
  let value: unknown
  try {
    value = JSON.parse(text || '{}')
  } catch {
    throw oddAnswer(what, 'it is no JSON')
  }
  const { data, error } = schema.safeParse(value)
  if (error) throw oddAnswer(what, `${error.issues[0]?.path.join('.') || 'it'} is not as described`)
  return data
}
