import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { Fault } from '../../../src/engine/fault.ts'
import { oneTimeKeyOf, userDataFor } from '../../../src/provision/first-contact/index.ts'
import { ANA, BEN } from '../../inventory/broken/base.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'first-contact-'))
  vi.stubEnv('XDG_STATE_HOME', directory)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true, force: true })
})

const org = {
  name: 'mle',
  operators: [
    { name: 'ana', keys: [ANA] },
    { name: 'ben', keys: [BEN, ANA] },
  ],
}
const recordPath = () => join(directory, 'groundwork', 'mle', 'first-contact', 'bee.json')

async function made(firstUser = 'root') {
  const { userData } = await userDataFor(org, { name: 'bee', firstUser })
  const text = userData.reveal()
  return { userData, text, config: parse(text) }
}

/** ssh-keygen, which OpenSSH's own sshd is built from, reads the private key and says what it is. */
function asOpenSsh(privateKey: string): { readonly public: string; readonly fingerprint: string } {
  const file = join(directory, 'key')
  writeFileSync(file, privateKey, { mode: 0o600 })
  const [type, key] = execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' }).split(' ')
  const fingerprint = execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' }).split(' ')[1] ?? ''
  rmSync(file)
  return { public: `${type} ${key}`.trim(), fingerprint }
}

test('the host gets a key that OpenSSH reads, and its fingerprint is remembered', async () => {
  for (let times = 0; times < 20; times++) {
    const { text, config } = await made()
    expect(text.startsWith('#cloud-config\n')).toBe(true)
    expect(config.ssh_deletekeys).toBe(true)
    const known = asOpenSsh(config.ssh_keys.ed25519_private)
    expect(config.ssh_keys.ed25519_public.startsWith(known.public)).toBe(true)
    expect(oneTimeKeyOf('mle', 'bee')).toBe(known.fingerprint)
  }
})

test('the operators’ keys let them in, each once, and nothing else is in it', async () => {
  const { config } = await made()
  expect(config).toEqual({
    ssh_deletekeys: true,
    ssh_keys: {
      ed25519_private: expect.any(String),
      ed25519_public: expect.any(String),
      ed25519_certificate: expect.stringMatching(/^ssh-ed25519-cert-v01@openssh\.com \S+ bee$/),
    },
    ssh_pwauth: false,
    disable_root: false,
    users: [{ name: 'root', ssh_authorized_keys: [ANA, BEN] }],
  })
  expect((await made('admin')).config).toMatchObject({
    disable_root: true,
    users: [{ name: 'admin', sudo: 'ALL=(ALL) NOPASSWD:ALL', lock_passwd: true }],
  })
})

test('the key itself is in no file and in nothing that is shown', async () => {
  const { userData, config } = await made()
  // Its first line is the same in every key.
  const secret = config.ssh_keys.ed25519_private.split('\n')[3]
  const written = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
  const authority = join(directory, 'groundwork', 'mle', 'host-authority')
  expect(written.sort()).toEqual([recordPath(), authority, `${authority}.pub`])
  for (const text of [
    ...written.map((path) => readFileSync(path, 'utf8')),
    inspect(userData),
    JSON.stringify(userData),
    `${userData}`,
  ])
    expect(text).not.toContain(secret)
  expect(statSync(recordPath()).mode & 0o777).toBe(0o600)
})

test('one host’s key is no other’s, nor another organization’s', async () => {
  await made()
  expect(oneTimeKeyOf('mle', 'ant')).toBeUndefined()
  expect(oneTimeKeyOf('rl', 'bee')).toBeUndefined()
})

test('a record that cannot be read is told, and is no unknown host', async () => {
  await made()
  writeFileSync(recordPath(), '{')
  expect(() => oneTimeKeyOf('mle', 'bee')).toThrow(Fault)
})

test('where nothing can be remembered, there is no user data', async () => {
  writeFileSync(join(directory, 'groundwork'), '')
  await expect(made()).rejects.toThrow('cannot be remembered')
})
