import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { hostCertificate, publicHalf } from '../../src/engine/host-certificate.ts'
import { newKeyPair } from '../../src/engine/key-pair.ts'
import { secret } from '../../src/engine/secret.ts'

const directory = mkdtempSync(join(tmpdir(), 'host-certificate-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

// ssh-keygen refuses a certificate whose signature is not its authority's.
function told(certificate: string): string {
  const file = join(directory, 'host-cert.pub')
  writeFileSync(file, `${certificate}\n`)
  return execFileSync('ssh-keygen', ['-L', '-f', file], { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } })
}

test('OpenSSH reads a certificate as it was meant', () => {
  const authority = newKeyPair('authority')
  for (const principal of ['bee', 'mle-1', 'a'.repeat(63)]) {
    const host = newKeyPair('host')
    const certificate = hostCertificate(authority.private, {
      publicKey: host.public,
      principal,
      validAfter: new Date('2026-11-25T06:00:00Z'),
      validBefore: new Date('2026-11-25T06:35:00Z'),
    })
    const lines = told(certificate)
      .split('\n')
      .map((line) => line.trim())
    expect(lines).toEqual(
      expect.arrayContaining([
        'Type: ssh-ed25519-cert-v01@openssh.com host certificate',
        `Public key: ED25519-CERT ${host.fingerprint}`,
        `Signing CA: ED25519 ${authority.fingerprint} (using ssh-ed25519)`,
        `Key ID: "${principal}"`,
        'Valid: from 2026-11-25T06:00:00 to 2026-11-25T06:35:00',
        'Critical Options: (none)',
        'Extensions: (none)',
      ]),
    )
    expect(lines[lines.indexOf('Principals:') + 1]).toBe(principal)
  }
})

test('a certificate that was changed by a bit is none', () => {
  const certificate = hostCertificate(newKeyPair('authority').private, {
    publicKey: newKeyPair('host').public,
    principal: 'bee',
    validAfter: new Date(0),
    validBefore: new Date(),
  })
  const [type, base64 = '', name] = certificate.split(' ')
  const bytes = Buffer.from(base64, 'base64')
  bytes.write('bef', bytes.indexOf('bee'))
  expect(() => told(`${type} ${bytes.toString('base64')} ${name}`)).toThrow()
})

test('the public half of a key is the one that it was made with, and of what is no key there is none', () => {
  const pair = newKeyPair('authority')
  expect(pair.public.startsWith(publicHalf(pair.private))).toBe(true)
  expect(() => publicHalf(secret('-----BEGIN'))).toThrow()
  expect(() => publicHalf(secret(pair.public))).toThrow('no ed25519 private key')
})
