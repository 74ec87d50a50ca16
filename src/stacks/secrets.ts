import { createHmac, hkdfSync } from 'node:crypto'
import { Secret } from '../engine/secret.ts'
import type { Org } from '../inventory/org.ts'
import type { Platform } from './platform-schema.ts'

/** What a secret of the platform is; undefined in a plan before there is a key that it is made of, or before its provider has it. */
export function secretValue({ secrets }: Platform, key: string, { key: orgKey, given }: Org): Secret | undefined {
  const source = secrets[key]
  if (!source || !('generated' in source)) return given?.get(key)
  return orgKey && generatedSecret(orgKey, key, source.version, source.generated)
}

/** Some of the platform's secrets come from its provider. */
export const takesGiven = ({ secrets }: Platform): boolean =>
  Object.values(secrets).some((one) => !('generated' in one))

/** A secret's name in Swarm; without its suffix where its value is not known yet. */
export function secretName(platform: Platform, key: string, org: Org): string {
  const value = secretValue(platform, key, org)
  return org.key && value ? keyedName(org.key, key, value) : key
}

/**
 * A secret that can be made again at any time: HKDF-SHA256 (RFC 5869) of the organization's key, its name and version.
 * @param bytes of randomness; the text is base64url and longer
 */
export function generatedSecret(orgKey: Secret, name: string, version: number, bytes: number): Secret {
  const info = `groundwork secret\0${name}\0${version}`
  return new Secret(Buffer.from(hkdfSync('sha256', keyBytes(orgKey), '', info, bytes)).toString('base64url'))
}

/** A name that changes with its content, and from which nobody can try guesses of the content without the key. */
export function keyedName(orgKey: Secret, name: string, value: Secret): string {
  const mac = createHmac('sha256', keyBytes(orgKey)).update(`${name}\0${value.reveal()}`).digest('hex')
  return `${name}-${mac.slice(0, 12)}`
}

const keyBytes = (key: Secret): Buffer => Buffer.from(key.reveal(), 'base64url')
