import * as z from 'zod'
import { Secret } from '../../engine/secret.ts'
import { page } from './answers.ts'

/** The list of keys, of the whole account. */
export const KEYS = '/v2/spaces/keys'

/** A key for Spaces, known by its access key, which is no secret. */
const key = z
  .object({ name: z.string(), access_key: z.string() })
  .transform(({ name, access_key }) => ({ id: access_key, name }))
export type SpacesKey = z.output<typeof key>

export const spacesKeyPage = page('keys', key)

/** One that was just made, the only time its secret is told: `ACCESS:SECRET`. */
export const newSpacesKey = z
  .object({ key: z.object({ access_key: z.string(), secret_key: z.string() }) })
  .transform(({ key: { access_key, secret_key } }) => ({
    id: access_key,
    pair: new Secret(`${access_key}:${secret_key}`),
  }))
