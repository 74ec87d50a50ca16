import { stringify } from 'yaml'
import { Secret } from '../../engine/secret.ts'
import type { HostWish, Org } from '../../inventory/org.ts'
import { operatorPublicKey } from '../operator-key.ts'
import { certificateFor } from './authority.ts'
import { firstContactOf, rememberFirstContact } from './record.ts'

/**
 * cloud-init's user data for a host that is about to be made: a host key for its first minutes alone, and who may log in.
 * The key's fingerprint is on disk here before this returns, the key itself never; called again, a new one takes its place.
 * https://docs.cloud-init.io/en/latest/reference/modules.html#ssh
 */
export async function userDataFor(
  org: Pick<Org, 'name' | 'operators'>,
  host: Pick<HostWish, 'name' | 'firstUser'>,
): Promise<{ readonly userData: Secret }> {
  // Loaded when a host is made, which few runs do.
  const { newKeyPair } = await import('../../engine/key-pair.ts')
  const pair = newKeyPair(`${host.name} until first contact`)
  const keys = await authorized(org)
  rememberFirstContact(org.name, host.name, { oneTimeKey: pair.fingerprint })
  const config = {
    ssh_deletekeys: true,
    ssh_keys: {
      ed25519_private: pair.private.reveal(),
      ed25519_public: pair.public,
      ed25519_certificate: await certificateFor(org.name, host.name, pair.public),
    },
    ssh_pwauth: false,
    disable_root: host.firstUser !== 'root',
    users: [{ name: host.firstUser, ...(host.firstUser === 'root' ? {} : SUDOER), ssh_authorized_keys: keys }],
  }
  return { userData: new Secret(`#cloud-config\n${stringify(config, { lineWidth: 0 })}`) }
}

/** `SHA256:…` of the key in the user data of a host that was made and not met yet; undefined: there is none. */
export const oneTimeKeyOf = (org: string, host: string): string | undefined => firstContactOf(org, host)?.oneTimeKey

const SUDOER = { sudo: 'ALL=(ALL) NOPASSWD:ALL', shell: '/bin/bash', lock_passwd: true }

async function authorized(org: Pick<Org, 'name' | 'operators'>): Promise<readonly string[]> {
  const keys = org.operators.flatMap((operator) => operator.keys)
  const made = keys.includes('generated') ? await operatorPublicKey(org.name) : ''
  return [...new Set(keys.map((key) => (key === 'generated' ? made : key)))]
}
