import { createHash } from 'node:crypto'

/** The first twelve digits of a SHA-256, for what is no secret. Several texts are told apart by their lengths. */
export const shortHash = (...texts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}\0`).update(text)
  return hash.digest('hex').slice(0, 12)
}
