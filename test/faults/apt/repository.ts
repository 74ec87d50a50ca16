import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DebianPackage } from './debian-package.ts'

/** Name → content of every file of a flat repository. */
export type RepositoryFiles = Map<string, Buffer>

/** A key of apt's kind, made for this test and gone with it. */
export interface SigningKey {
  /** As it stands in /etc/apt/keyrings. */
  readonly armored: string
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
    sign: (text) => gpg(['--clearsign', '--digest-algo', 'SHA512'], text),
    remove: () => {
      execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'])
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** A flat repository (`deb URL ./`) of these packages, signed. `validUntil` in the past makes it an expired one. */
export function repository(
  packages: readonly DebianPackage[],
  { key, date = new Date(), validUntil }: { key: SigningKey; date?: Date; validUntil?: Date },
): RepositoryFiles {
  const list = Buffer.from(packages.map(paragraph).join('\n'))
  const release = [
    'Origin: Weather',
    'Suite: weather',
    `Date: ${date.toUTCString()}`,
    ...(validUntil ? [`Valid-Until: ${validUntil.toUTCString()}`] : []),
    'SHA256:',
    ` ${sha256(list)} ${list.length} Packages`,
    '',
  ].join('\n')
  return new Map<string, Buffer>([
    ['InRelease', key.sign(release)],
    ['Packages', list],
    ...packages.map(({ file, bytes }) => [file, bytes] as const),
  ])
}

const paragraph = ({ control, file, bytes }: DebianPackage): string =>
  `${control}Filename: ./${file}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
