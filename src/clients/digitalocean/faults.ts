import { Fault, type FaultParts } from '../../engine/fault.ts'

/** Nobody knows whether a call was carried out: its answer was lost. Whoever made it looks. */
export class Unclear extends Error {
  override readonly name = 'Unclear'

  constructor(
    readonly what: string,
    readonly because: string,
    /** The API itself said that something is wrong there (5xx). */
    readonly answered: boolean,
  ) {
    super(`${what}: ${because}`)
  }
}

/** The API does not take a call. */
export class Refused extends Fault {
  constructor(
    what: string,
    parts: FaultParts,
    readonly status: number,
    /** In its own words. */
    readonly said: string,
  ) {
    super(what, parts)
  }
}

/** Where tokens are made and changed. */
export const TOKENS = 'https://cloud.digitalocean.com/account/api/tokens'

/** The API does not take a call: in words, with the field that it names. */
export function refused(method: string, path: string, status: number, text: string): Refused {
  const said = saidIn(text)
  const what = `${method} ${path}`
  const of = (told: string, at: string, remedy: string) =>
    new Refused(
      told,
      { at, because: `${at === what ? '' : `${what}: `}status ${status}: ${said}`, try: remedy },
      status,
      said,
    )
  if (status === 401)
    return of(
      'DigitalOcean does not know the token.',
      'digitalocean.token',
      `it was revoked, has expired or is incomplete; make another: ${TOKENS}\nthen the same command goes on where this stopped`,
    )
  if (status === 403)
    return of(
      'The token may not do this.',
      'digitalocean.token',
      `where it lacks the scope ${scopeOf(method, path)}, give it that (and read, create, update and delete of all that groundwork makes): ${TOKENS}`,
    )
  if (status === 422)
    return of(
      'DigitalOcean does not take what was asked for.',
      what,
      'correct it in the inventory; the same command goes on where this stopped',
    )
  return of(
    'DigitalOcean refused a call.',
    what,
    'look at https://cloud.digitalocean.com; the same command goes on where this stopped',
  )
}

/** The scope that a call needs, as the page of tokens names it: `droplet:create`. */
export function scopeOf(method: string, path: string): string {
  const [, first = '', second = ''] = path.replace(/[?].*/, '').split('/').slice(1)
  const object = first === 'account' ? second : first
  const verb = { GET: 'read', POST: /\/actions$/.test(path) ? 'update' : 'create', PUT: 'update', DELETE: 'delete' }[
    method
  ]
  return `${SCOPES[object] ?? object.replace(/s$/, '')}:${verb}`
}

// The others are the path's word without its s.
const SCOPES: Readonly<Record<string, string>> = {
  keys: 'ssh_key',
  sizes: 'sizes',
  regions: 'regions',
  actions: 'actions',
  volumes: 'block_storage',
}

/** An answer that cannot be what the API's description says. */
export const oddAnswer = (what: string, because: string): Fault =>
  new Fault('DigitalOcean answered something that cannot be read.', {
    at: what,
    because,
    try: 'is DIGITALOCEAN_API_URL right, and is there a proxy between? the same command tries again',
  })

/** The API said again and again that it cannot now. */
export const gaveUp = (what: string, because: string, tries: number): Fault =>
  new Fault('DigitalOcean cannot answer now.', {
    at: what,
    because: `${because}, ${tries} times`,
    try: because.startsWith('status 429')
      ? 'too many calls were made with this account in an hour, by whomever: the same command goes on where this stopped, later'
      : 'https://status.digitalocean.com says whether they know; the same command goes on where this stopped',
  })

/** The token would be read by anybody on the way. */
export const inClear = (base: string, variable = 'DIGITALOCEAN_API_URL'): Fault =>
  new Fault('The token is not sent in clear.', {
    at: variable,
    because: `${base} is no https`,
    try: `unset ${variable}, or let it begin with https://`,
    exit: 64,
  })

/** A call whose answer was lost, in words: what it came to is looked at by the next run. */
export const unclear = ({ what, because }: Unclear): Fault =>
  new Fault('Nobody knows whether DigitalOcean has done it.', {
    at: what,
    because: `${because}, and nothing of it is to be seen yet`,
    try: 'give the same command again in a minute: it looks first, and takes what is there',
  })

/** Does what is sent once, and tells a lost answer in words. */
export async function told<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw error instanceof Unclear ? unclear(error) : error
  }
}

/** Nothing answers there. */
export const notReached = (what: string, base: string, because: string, tries: number): Fault =>
  new Fault('DigitalOcean is not reached.', {
    at: what,
    because: `${base}: ${because}, ${tries} times`,
    try: "is this machine's network well? the same command tries again",
  })

// {"id": "unprocessable_entity", "message": "…", "request_id": "…"}; of anything else only the beginning.
function saidIn(text: string): string {
  try {
    const answer = JSON.parse(text) as { readonly message?: unknown }
    if (typeof answer.message === 'string') return `${answer.message.slice(0, 500)}${requestIn(answer)}`
  } catch {
    // Said as it came.
  }
  return text.slice(0, 200) || 'nothing'
}

/** What their support asks for, where an answer has it. */
export function requestIn(answer: unknown): string {
  const { request_id: id } = (answer ?? {}) as { readonly request_id?: unknown }
  return typeof id === 'string' && /^[\w-]{1,100}$/.test(id) ? ` (request ${id})` : ''
}
