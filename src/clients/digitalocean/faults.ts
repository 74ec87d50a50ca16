import { Fault, type FaultParts } from '../../engine/fault.ts'
import { faultsOf, saidIn } from '../api-faults.ts'

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

/** Where the inventory says which token. */
const TOKEN = 'digitalocean.token'

/** Where tokens are made and changed. */
export const TOKENS = 'https://cloud.digitalocean.com/account/api/tokens'

/** The API does not take a call: in words, with the field that it names. `renew` says where another token goes. */
export function refused(method: string, path: string, status: number, text: string, renew = ''): Refused {
  const said = saidIn(text)
  const what = `${method} ${path}`
  const of = (told: string, remedy: string, at?: string) =>
    new Refused(told, { ...(at && { at }), because: `${what}: status ${status}: ${said}`, try: remedy }, status, said)
  if (status === 401)
    return of(
      'DigitalOcean does not know the token.',
      `it was revoked, has expired or is incomplete; make another: ${TOKENS}\n${renew && `${renew}\n`}then the same command goes on where this stopped`,
      TOKEN,
    )
  if (status === 403)
    return of(
      'The token may not do this.',
      `where it lacks the scope ${scopeOf(method, path)}, give it that (and read, create, update and delete of all that groundwork makes): ${TOKENS}`,
      TOKEN,
    )
  if (status === 422)
    return of(
      'DigitalOcean does not take what was asked for.',
      'correct it in the inventory; the same command goes on where this stopped',
    )
  return of(
    'DigitalOcean refused a call.',
    'look at https://cloud.digitalocean.com; the same command goes on where this stopped',
  )
}

/** The scope that a call needs, as the page of tokens names it: `droplet:create`. */
export function scopeOf(method: string, path: string): string {
  if (method === 'POST' && path === '/v2/spaces/keys') return 'spaces_key:create_credentials'
  const [, first = '', second = ''] = path.replace(/[?].*/, '').split('/').slice(1)
  const object = first === 'account' ? second : first
  if (object === 'volumes' && /\/actions$/.test(path)) return 'block_storage_action:create'
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
  spaces: 'spaces_key',
}

export const { oddAnswer, gaveUp, notReached, inClear } = faultsOf({
  api: 'DigitalOcean',
  secret: 'The token',
  variable: 'DIGITALOCEAN_API_URL',
  status: 'https://status.digitalocean.com',
})

/** A call whose answer was lost, in words: what it came to is looked at by the next run. */
export const unclear = ({ what, because }: Unclear): Fault =>
  new Fault('Nobody knows whether DigitalOcean has done it.', {
    because: `${what}: ${because}, and nothing of it is to be seen yet`,
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
