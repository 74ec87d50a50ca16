import ssh2 from 'ssh2'
import { fingerprint } from './host-key.ts'
import { Secret } from './secret.ts'

/** A key pair that stands in no file. */
export interface KeyPair {
  /** As OpenSSH keeps it: `-----BEGIN OPENSSH PRIVATE KEY-----` and so on. */
  readonly private: Secret
  /** `ssh-ed25519 AAAA… comment` */
  readonly public: string
  /** `SHA256:…` */
  readonly fingerprint: string
}

/** Makes an ed25519 pair in memory. */
export function newKeyPair(comment: string): KeyPair {
  const made = ssh2.utils.generateKeyPairSync('ed25519', { comment })
  const parsed = ssh2.utils.parseKey(made.public)
  if (parsed instanceof Error) throw parsed
  return { private: new Secret(made.private), public: made.public, fingerprint: fingerprint(parsed.getPublicSSH()) }
}
