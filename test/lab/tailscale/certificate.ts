import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Certificate } from '../apt/mirror.ts'

/** A certificate for this name by an authority of the test, `authority` (PEM), that nobody trusts who is not told to. */
export function certificateFor(name: string): Certificate & { readonly authority: string } {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-certificate-'))
  const at = (file: string) => join(folder, file)
  const openssl = (...words: string[]) =>
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ed25519', ...words], QUIET)
  const make = (file: string, subject: string, ...words: string[]) =>
    openssl('-noenc', '-days', '2', '-keyout', at(`${file}.key`), '-out', at(`${file}.pem`), '-subj', subject, ...words)
  try {
    make('authority', '/CN=The authority of a test')
    const by = ['-CA', at('authority.pem'), '-CAkey', at('authority.key')]
    make(
      'leaf',
      `/CN=${name}`,
      ...by,
      '-addext',
      `subjectAltName=DNS:${name}`,
      '-addext',
      'basicConstraints=critical,CA:FALSE',
    )
    const read = (file: string) => readFileSync(at(file), 'utf8')
    return { cert: read('leaf.pem'), key: read('leaf.key'), authority: read('authority.pem') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const QUIET = { stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] }
