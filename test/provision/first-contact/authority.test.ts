import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { newKeyPair } from '../../../src/engine/key-pair.ts'
import { certificateFor } from '../../../src/provision/first-contact/authority.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'authority-'))
  vi.stubEnv('XDG_STATE_HOME', directory)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true, force: true })
})

const NOW = Date.parse('2026-11-25T06:05:00Z')
const path = (org = 'mle') => join(directory, 'groundwork', org, 'host-authority')
const issued = (org = 'mle', host = 'bee') => certificateFor(org, host, newKeyPair(host).public, NOW)

function told(certificate: string): string {
  const file = join(directory, 'host-cert.pub')
  writeFileSync(file, `${certificate}\n`)
  return execFileSync('ssh-keygen', ['-L', '-f', file], { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } })
}

const fingerprintOf = (file: string): string =>
  execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' }).split(' ')[1] ?? ''

test('a certificate is for half an hour from now, for one name, and from the organization', async () => {
  const text = told(await issued())
  expect(text).toContain('Valid: from 2026-11-24T06:05:00 to 2026-11-25T06:35:00')
  expect(text).toMatch(/Principals:\s+bee\s+Critical/)
  expect(text).toContain(`Signing CA: ED25519 ${fingerprintOf(path())}`)
})

test('the authority is made once, also where several hosts are made at once, and only its owner may read it', async () => {
  const first = await Promise.all(['bee', 'ant', 'fly'].map((host) => issued('mle', host)))
  const before = readFileSync(path(), 'utf8')
  const authorities = new Set([...first, await issued()].map((one) => /Signing CA: \S+ (\S+)/.exec(told(one))?.[1]))
  expect([...authorities]).toEqual([fingerprintOf(path())])
  expect(readFileSync(path(), 'utf8')).toBe(before)
  expect(statSync(path()).mode & 0o777).toBe(0o600)
  expect(fingerprintOf(`${path()}.pub`)).toBe(fingerprintOf(path()))
  expect(readdirSync(join(path(), '..')).sort()).toEqual(['host-authority', 'host-authority.pub'])
})

test('each organization has its own', async () => {
  await issued('mle')
  await issued('rl')
  expect(fingerprintOf(path('mle'))).not.toBe(fingerprintOf(path('rl')))
})

test('an authority that others may read, or that is damaged, vouches for nobody', async () => {
  await issued()
  chmodSync(path(), 0o640)
  await expect(issued()).rejects.toThrow('Others may read the key')
  chmodSync(path(), 0o600)
  writeFileSync(path(), '-----BEGIN OPENSSH PRIVATE KEY-----\n')
  await expect(issued()).rejects.toThrow('cannot be used')
})
