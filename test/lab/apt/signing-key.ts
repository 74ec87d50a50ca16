import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A key of apt's kind, made for this test and gone with it. */
export interface SigningKey {
  /** As it stands in /etc/apt/keyrings, in letters. */
  readonly armored: string
  /** The same in bytes, as a `.gpg`. */
  readonly keyring: Buffer
  /** 40 hexadecimal digits. */
  readonly fingerprint: string
  readonly sign: (text: string) => Buffer
  readonly remove: () => void
}

/** Makes a key with GnuPG, away from the keys of whoever runs the test. */
export function signingKey(name: string): SigningKey {
  const home = mkdtempSync(join(tmpdir(), 'groundwork-gpg-'))
  const gpg = (words: readonly string[], input?: string) =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--passphrase', '', ...words], { input })
  gpg(['--quick-gen-key', `${name} <${name}@example.org>`, 'ed25519', 'sign', 'never'])
  return {
    armored: gpg(['--armor', '--export']).toString(),
    keyring: gpg(['--export']),
    fingerprint: /^fpr:+([0-9A-F]+):/m.exec(gpg(['--with-colons', '--list-keys']).toString())?.[1] ?? '',
    sign: (text) => gpg(['--clearsign', '--digest-algo', 'SHA512'], text),
    remove: () => {
      execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'])
      rmSync(home, { recursive: true, force: true })
    },
  }
}
