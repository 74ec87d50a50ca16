import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { questionOf } from '../../src/engine/plan.ts'
import { running, type Sh } from '../../src/engine/sh.ts'
import { aptKey } from '../../src/resources/apt-key.ts'

const home = mkdtempSync(join(tmpdir(), 'apt-key-'))
const path = join(home, 'taken.gpg')
const url = `file://${home}/served.gpg`
const fingerprints: string[] = []
const gpg = (...words: string[]) =>
  execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--passphrase', '', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })

beforeAll(() => {
  for (const name of ['ours', 'other']) {
    gpg('--quick-gen-key', `${name}@example.org`, 'ed25519', 'sign', 'never')
    const listed = gpg('--with-colons', '--list-keys', `${name}@example.org`).toString()
    fingerprints.push(/^fpr:+([0-9A-F]+):/m.exec(listed)?.[1] ?? '')
  }
})
afterAll(() => {
  execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'])
  rmSync(home, { recursive: true })
})

const sh = (text: string) => spawnSync('sh', ['-c', `set -e\n${text}`], { encoding: 'utf8' })
const key = () =>
  aptKey(path, { url, fingerprint: fingerprints[0] ?? '', setting: 'the.setting', unreachable: 'go there' })
const ask = () => sh(running(questionOf(key().actual.fingerprint as never) as Sh))
const fix = () => sh(running(key().fix({ fingerprint: { from: undefined, to: '' } }) as Sh))

test('a key is taken only if it is the pinned one, and alone', () => {
  expect(ask().status).toBe(44)
  for (const [served, said] of [
    [gpg('--export', 'other@example.org'), `has:  ${fingerprints[1]}`],
    [gpg('--export'), `${fingerprints[0]} ${fingerprints[1]}`],
    [Buffer.from('no key'), 'no key at all'],
  ] as const) {
    writeFileSync(join(home, 'served.gpg'), served)
    const { status, stderr } = fix()
    expect(status).toBe(1)
    expect(stderr).toContain(said)
    expect(key().explain?.(stderr)).toMatchObject({ because: expect.stringContaining(`pinned: ${fingerprints[0]}`) })
    expect(key().explain?.(stderr)?.try).toContain('the.setting')
    expect(existsSync(path)).toBe(false)
  }
  writeFileSync(join(home, 'served.gpg'), gpg('--export', 'ours@example.org'))
  expect(fix()).toMatchObject({ status: 0 })
  expect(ask().stdout).toBe(`${fingerprints[0]}\n`)
  writeFileSync(path, gpg('--export'))
  expect(ask().stdout).toBe(`${fingerprints.join(' ')}\n`)
})

// GnuPG stops at the end of the armor, and other programs need not.
test('of a file that hides a second key behind the pinned one, the pinned one alone is taken', () => {
  const ours = gpg('--export', 'ours@example.org')
  const armored = gpg('--armor', '--export', 'ours@example.org')
  writeFileSync(join(home, 'served.gpg'), Buffer.concat([armored, gpg('--export', 'other@example.org')]))
  expect(fix()).toMatchObject({ status: 0 })
  expect(readFileSync(path).equals(ours)).toBe(true)
})

test('a key that cannot be fetched is told, and none is taken', () => {
  rmSync(path)
  rmSync(join(home, 'served.gpg'))
  const { status, stderr } = fix()
  expect(status).toBe(37)
  expect(key().explain?.(stderr)).toEqual({
    what: "A repository's key cannot be fetched.",
    because: expect.stringMatching(/^file:\S+:\ncurl: \(37\) /),
    try: expect.stringMatching(/curl -sSIL file:.* go there$/),
  })
  expect(existsSync(path)).toBe(false)
})
