import type { Secret } from '../../engine/secret.ts'
import type { SecretPlace } from '../../inventory/secret-place.ts'
import { secretFrom } from '../secret-place.ts'

const WORDS = {
  what: 'token for DigitalOcean',
  at: 'digitalocean.token',
  made: 'https://cloud.digitalocean.com/account/api/tokens',
}

const known = new Map<string, Secret>()

/** What to type once there is another token: it goes where the old one is. */
export const renewal = ({ env, file }: SecretPlace): string =>
  env !== undefined ? `export ${env}=…` : file !== undefined ? `write it into ${file}` : 'let the command print it'

/** The API token, read once. @throws Fault (exit 64) that names the places */
export async function apiToken(source: SecretPlace): Promise<Secret> {
  const key = JSON.stringify(source)
  const token = known.get(key) ?? (await secretFrom(source, WORDS))
  known.set(key, token)
  return token
}
