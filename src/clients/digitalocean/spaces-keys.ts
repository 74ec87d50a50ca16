import * as z from 'zod'
import { Secret } from '../../engine/secret.ts'
import { page } from './answers.ts'

/** The list of keys, of the whole account. */
export const KEYS = '/v2/spaces/keys'

/** The address of one. */
export const keyAt = (id: string): string => `${KEYS}/${encodeURIComponent(id)}`

const grant = z.object({ bucket: z.string(), permission: z.string() })

const told = z.object({
  name: z.string(),
  access_key: z.string(),
  created_at: z.string().nullish(),
  grants: z.array(grant).nullish(),
})

const known = ({ name, access_key, created_at, grants }: z.output<typeof told>) => ({
  id: access_key,
  name,
  /** Milliseconds since 1970; the API tells whole seconds. */
  madeAt: Date.parse(created_at ?? '') || 0,
  grants: grants ?? [],
})

/** A key for Spaces, known by its access key, which is no secret. */
const key = told.transform(known)
export type SpacesKey = z.output<typeof key>

export const spacesKeyPage = page('keys', key)

export const oneSpacesKey = z.object({ key })

/** One that was just made, the only time its secret is told; `pair` is `ACCESS:SECRET`. */
export const newSpacesKey = z
  .object({ key: told.extend({ secret_key: z.string() }) })
  .transform(({ key: { secret_key, ...one } }) => ({
    key: known(one),
    secret: new Secret(secret_key),
    pair: new Secret(`${one.access_key}:${secret_key}`),
  }))
