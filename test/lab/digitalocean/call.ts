import type { Account } from './account.ts'
import { forbidden, invalid } from './refused.ts'

/** What a JSON body may hold. */
export type Body = Readonly<Record<string, unknown>>

/** One call, ready to be answered. */
export interface Call {
  readonly account: Account
  /** What stands in the path: `/v2/droplets/:id`. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: Body
  /** Address of this stand-in, for links. */
  readonly url: string
  readonly may: (scope: string) => boolean
}

export interface Reply {
  readonly status: number
  readonly body?: Body
}

/** A method, a path and a scope of the API, and what is answered there. */
export interface Route {
  readonly method: string
  readonly path: string
  readonly scope: string
  readonly answer: (call: Call) => Reply
}

export const route = (method: string, path: string, scope: string, answer: (call: Call) => Reply): Route => ({
  method,
  path,
  scope,
  answer,
})

export const gone: Reply = { status: 204 }

/** For what a call needs beyond its own scope: a droplet with tags needs `tag:create`. @throws Refused */
export function must(call: Call, scope: string): void {
  if (!call.may(scope)) throw forbidden()
}

/** A text that must be there. @throws Refused, naming the field */
export function text(body: Body, field: string): string {
  const value = body[field]
  if (typeof value === 'string' && value) return value
  throw invalid(`${field} is required`)
}

/** A list of texts; null and nothing are an empty one. @throws Refused, naming the field */
export function texts(body: Body, field: string): readonly string[] {
  const value = body[field] ?? []
  if (Array.isArray(value)) return value.map(String)
  throw invalid(`${field} must be an array`)
}

/** A list of objects; null and nothing are an empty one. @throws Refused, naming the field */
export function bodies(body: Body, field: string): readonly Body[] {
  const value = body[field] ?? []
  if (Array.isArray(value)) return value as readonly Body[]
  throw invalid(`${field} must be an array`)
}
