import { secretFrom } from '../../clients/secret-place.ts'
import type { Secret } from '../../engine/secret.ts'
import type { SecretPlace } from '../../inventory/secret-place.ts'

const WORDS = {
  what: "passphrase of the organization's Pulumi state",
  at: 'digitalocean.pulumi.passphrase',
  made: 'your password manager: a long one, kept where a second person finds it',
}

/** The passphrase, read once, when it is needed: few runs start Pulumi. @throws Fault (exit 64), when it is read, that names the places */
export function passphraseOf(place: SecretPlace): () => Promise<Secret> {
  let read: Promise<Secret> | undefined
  return () => {
    read ??= secretFrom(place, WORDS)
    return read
  }
}
