import { randomBytes } from 'node:crypto'
import { listed, type Made, now, shown } from './account.ts'
import { type Body, bodies, type Call, gone, route, text } from './call.ts'
import { page } from './page.ts'
import { invalid, notFound, Refused } from './refused.ts'

/** A key for Spaces; its secret is told once, when it is made. */
export interface SpacesKey extends Made {
  readonly access_key: string
  readonly secret: string
  readonly created_at: string
  name: string
  grants: readonly Grant[]
}

interface Grant {
  readonly bucket: string
  readonly permission: string
}

export const spacesKeyRoutes = [
  route('GET', '/v2/spaces/keys', 'spaces_key:read', (call) =>
    page(call, '/v2/spaces/keys', 'keys', listed(call.account, call.account.spacesKeys.values()).map(view)),
  ),
  route('POST', '/v2/spaces/keys', 'spaces_key:create_credentials', ({ account, body }) => {
    const key: SpacesKey = {
      access_key: `DO00${randomBytes(8).toString('hex').toUpperCase()}`,
      secret: randomBytes(32).toString('base64').slice(0, 43),
      created_at: now(),
      madeAt: Date.now(),
      name: text(body, 'name'),
      grants: grantsOf(body),
    }
    account.secrets.push(key.secret)
    account.spacesKeys.set(key.access_key, key)
    return { status: 201, body: { key: { ...view(key), secret_key: key.secret } } }
  }),
  route('GET', '/v2/spaces/keys/:key', 'spaces_key:read', (call) => ({
    status: 200,
    body: { key: view(known(call)) },
  })),
  ...['PUT', 'PATCH'].map((method) =>
    route(method, '/v2/spaces/keys/:key', 'spaces_key:update', (call) => {
      const key = known(call)
      if (call.body.grants !== undefined) key.grants = changed(key.grants, grantsOf(call.body))
      if (call.body.name !== undefined) key.name = text(call.body, 'name')
      return { status: 200, body: { key: view(key) } }
    }),
  ),
  route('DELETE', '/v2/spaces/keys/:key', 'spaces_key:delete', (call) => {
    call.account.spacesKeys.delete(known(call).access_key)
    return gone
  }),
]

/** May a key do this to a bucket? `all` is what only a key for all buckets may: list them, make one. */
export function mayInSpaces({ grants }: Pick<SpacesKey, 'grants'>, what: 'all' | 'read' | 'write', bucket: string) {
  return grants.some(
    (one) =>
      one.permission === 'fullaccess' ||
      (what !== 'all' && one.bucket === bucket && (what === 'read' || one.permission === 'readwrite')),
  )
}

function grantsOf(body: Body): readonly Grant[] {
  const grants = bodies(body, 'grants').map((one) => ({
    bucket: String(one.bucket ?? ''),
    permission: String(one.permission ?? ''),
  }))
  const unknown = grants.find(({ permission }) => !['', 'read', 'readwrite', 'fullaccess'].includes(permission))
  if (unknown) throw invalid(`${unknown.permission} is not a permission`)
  if (isFull(grants) && grants.length > 1)
    throw new Refused(400, 'bad_request', 'cannot mix fullaccess permission with scoped permissions.')
  return grants
}

function changed(from: readonly Grant[], to: readonly Grant[]): readonly Grant[] {
  if (isFull(from) !== isFull(to))
    throw new Refused(400, 'bad_request', 'cannot convert a fullaccess key to a scoped key or vice versa')
  return to
}

const isFull = (grants: readonly Grant[]): boolean => grants.some(({ permission }) => permission === 'fullaccess')

function known(call: Call): SpacesKey {
  const key = call.account.spacesKeys.get(call.params.key ?? '')
  if (!key || !shown(call.account, key)) throw notFound()
  return key
}

const view = ({ name, grants, access_key, created_at }: SpacesKey) => ({ name, grants, access_key, created_at })
