import { Secret } from '../../../engine/secret.ts'
import type { Org } from '../../../inventory/org.ts'
import type { Objects } from '../lists.ts'
import { currentKey } from './spaces-key.ts'

/** What a service is to know of a key for Spaces. */
export interface OfSpacesKey {
  readonly spacesKey: string
  /** The access key, the secret key, or both as a file for the AWS libraries (AWS_SHARED_CREDENTIALS_FILE). */
  readonly as: 'id' | 'secret' | 'credentials'
}

/** It; undefined: there is no such key yet, or its secret is not known here. */
export function ofSpacesKey(org: Org, objects: Objects, { spacesKey, as }: OfSpacesKey): Secret | undefined {
  const kept = currentKey(spacesKey, objects, org)?.kept
  if (!kept) return undefined
  const { id, secret } = kept
  if (as === 'id') return new Secret(id)
  if (as === 'secret') return secret
  return new Secret(`[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret.reveal()}\n`)
}
