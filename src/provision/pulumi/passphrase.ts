import { secretFrom } from '../../clients/secret-place.ts'
import type { Secret } from '../../engine/secret.ts'
import type { SecretPlace } from '../../inventory/org.ts'

const WORDS = {
  what: "passphrase of the organization's Pulumi state",
  at: 'digitalocean.pulumi.passphrase',
  made: 'your password manager: a long one, kept where a second person finds it',
}

/**
 * The passphrase, read when it is needed: few runs start Pulumi. A variable is taken out of the environment at once, so that nothing
 * that is started from here has it. @throws Fault (exit 64), when it is read, that names the places
 */
export async function passphraseOf(place: SecretPlace): Promise<() => Promise<Secret>> {
  const { env } = place
  let read: Promise<Secret> | undefined
  if (env !== undefined && process.env[env]) {
    const taken = await secretFrom({ env, file: undefined, command: undefined }, WORDS)
    delete process.env[env]
    read = Promise.resolve(taken)
  }
  return () => {
    read ??= secretFrom(place, WORDS)
    return read
  }
}
