import { createHmac, hkdfSync } from 'node:crypto'
import { Secret } from '../engine/secret.ts'

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
