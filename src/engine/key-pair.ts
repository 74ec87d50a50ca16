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
  for (;;) {
    const made = ssh2.utils.generateKeyPairSync('ed25519', { comment })
    const parsed = ssh2.utils.parseKey(made.public)
    // ssh2 1.17.0 drops the zero byte with which one public key of 256 begins: OpenSSH could read neither half.
    if (parsed instanceof Error) continue
    return { private: new Secret(made.private), public: made.public, fingerprint: fingerprint(parsed.getPublicSSH()) }
  }
}
