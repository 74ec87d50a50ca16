import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { newKeyPair } from '../../src/engine/key-pair.ts'
import { groundwork } from '../lab/groundwork.ts'
import { type Hostile, sshServer } from '../lab/hostile-server.ts'
import { terminal } from '../lab/terminal.ts'

const KNOWN = `SHA256:${'A'.repeat(43)}`
const SINCE = '2026-11-03T21:04:12Z'

const keyPair = () => {
  const pair = newKeyPair('')
  return { ...pair, private: pair.private.reveal() }
}

const host = keyPair()
const operator = keyPair()
let server: Required<Hostile>
let directory = ''

beforeAll(async () => {
  server = await sshServer({ hostKeys: [host.private] })
})
afterAll(() => server.close())
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'groundwork-repin-'))
  inventory()
  locks(KNOWN)
})
// Whatever was typed, and whatever came of it: no login.
afterEach(() => {
  expect(server.logins()).toBe(0)
  rmSync(directory, { recursive: true, force: true })
})

const file = () => join(directory, 'mle.yaml')
const lockFile = () => join(directory, 'mle.lock.yaml')

function inventory(more = ''): void {
  writeFileSync(
    file(),
    `organization: mle
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: ["${operator.public}"] }]
hosts: [{ name: bee, provider: existing, role: manager, labels: { role: storage }, address: 127.0.0.1, port: ${server.port}${more} }]
ssh: { port: ${server.port} }
`,
  )
}

const locks = (key: string) =>
  writeFileSync(
    lockFile(),
    `groundwork: 0.1.0\nhosts:\n  bee:\n    hostKey: ${key}\n    address: 10.0.0.7\n    since: ${SINCE}\n`,
  )

const env = () => ({ XDG_STATE_HOME: join(directory, 'state'), SSH_AUTH_SOCK: '' })
const repin = (...words: string[]) => groundwork(['repin', 'bee', '--inventory', file(), ...words], env())

const journal = (): string => {
  const runs = join(directory, 'state', 'groundwork', 'mle', 'runs')
  return existsSync(runs)
    ? readdirSync(runs)
        .map((name) => readFileSync(join(runs, name), 'utf8'))
        .join('')
    : ''
}

test('the shown key is pinned, and the reason stands in the journal', async () => {
  const { exit, out, err } = await repin('--key', host.fingerprint, '--reason', 'made anew after its disk broke')
  expect(exit, out + err).toBe(0)
  expect(out).toContain(`bee   known  ${KNOWN}   from the lock file, since ${SINCE}`)
  expect(out).toContain(`bee   shown  ${host.fingerprint}`)
  const written = readFileSync(lockFile(), 'utf8')
  expect(written).toContain(`hostKey: ${host.fingerprint}`)
  expect(written).toContain('address: 10.0.0.7')
  expect(written).not.toContain(SINCE)
  const events = journal()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events.map(({ state }) => state)).toEqual(['applying', 'applied'])
  expect(events[0]).toMatchObject({
    host: 'bee',
    changes: [
      { key: 'pinned key', from: KNOWN, to: host.fingerprint },
      { key: 'reason', to: 'made anew after its disk broke' },
      { key: 'by' },
    ],
  })
  const again = await repin('--key', host.fingerprint, '--reason', 'twice')
  expect(again.exit, again.out + again.err).toBe(0)
  expect(again.out).toContain('still shows the key that is known')
})

/** What nobody can be asked about stops, and changes nothing. */
const stops: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ['without --key', ['--reason', 'why'], 64, /--key is missing/],
  ['without --reason', ['--key', host.fingerprint], 64, /--reason is missing/],
  ['with an empty reason', ['--key', host.fingerprint, '--reason', ' '], 64, /--reason is empty/],
  ['with a reason without end', ['--key', host.fingerprint, '--reason', 'x'.repeat(501)], 64, /more than 500/],
  ['with a part of the key', ['--key', host.fingerprint.slice(0, 20), '--reason', 'why'], 64, /no fingerprint/],
  ['with another key', ['--key', `SHA256:${'B'.repeat(43)}`, '--reason', 'why'], 1, /does not show the key/],
  ['with --yes', ['--key', host.fingerprint, '--reason', 'why', '--yes'], 64, /Unknown option `--yes`/],
]

test.each(stops)('it stops %s', async (_name, words, exit, says) => {
  const came = await repin(...words)
  expect(came.exit, came.out + came.err).toBe(exit)
  expect(came.out + came.err).toMatch(says)
  expect(readFileSync(lockFile(), 'utf8')).toContain(`hostKey: ${KNOWN}`)
  expect(journal()).toBe('')
})

test('a key of the inventory is changed there', async () => {
  inventory(`, hostKey: "${KNOWN}"`)
  const { exit, err } = await repin('--key', host.fingerprint, '--reason', 'why')
  expect(exit).toBe(1)
  expect(err).toContain(`hostKey: ${host.fingerprint}`)
  expect(readFileSync(lockFile(), 'utf8')).toContain(`hostKey: ${KNOWN}`)
})

test('a host that nobody has met is not pinned this way', async () => {
  rmSync(lockFile())
  const { exit, err } = await repin('--key', host.fingerprint, '--reason', 'why')
  expect(exit).toBe(1)
  expect(err).toContain('No key of bee is pinned yet')
  expect(existsSync(lockFile())).toBe(false)
})

test('a host that was made and never met is pinned, and its first contact is over', async () => {
  rmSync(lockFile())
  const directoryOfIt = join(directory, 'state', 'groundwork', 'mle', 'first-contact')
  mkdirSync(directoryOfIt, { recursive: true })
  writeFileSync(join(directoryOfIt, 'bee.json'), JSON.stringify({ oneTimeKey: KNOWN }))
  const { exit, out, err } = await repin('--key', host.fingerprint, '--reason', 'met by hand')
  expect(exit, out + err).toBe(0)
  expect(out).toContain(`known  ${KNOWN}   from its user data`)
  expect(readFileSync(lockFile(), 'utf8')).toContain(`hostKey: ${host.fingerprint}`)
  expect(readdirSync(directoryOfIt)).toEqual([])
})

test('on a terminal a person compares, and says why', async () => {
  const seat = terminal(`${process.execPath} bin/groundwork.mjs repin bee --inventory ${file()}`, {
    cwd: process.cwd(),
    env: env(),
  })
  await seat.until('type its last 8 characters')
  seat.type(`${host.fingerprint.slice(-8)}\r`)
  await seat.until('Why has bee another key?')
  seat.type('a new board\r')
  expect(await seat.ended, seat.screen()).toBe(0)
  expect(readFileSync(lockFile(), 'utf8')).toContain(`hostKey: ${host.fingerprint}`)
  expect(journal()).toContain('"to":"a new board"')
})

test('on a terminal, other characters than the shown key’s stop', async () => {
  const seat = terminal(`${process.execPath} bin/groundwork.mjs repin bee --inventory ${file()} --reason why`, {
    cwd: process.cwd(),
    env: env(),
  })
  await seat.until('type its last 8 characters')
  seat.type('AAAAAAAA\r')
  expect(await seat.ended, seat.screen()).toBe(1)
  expect(seat.screen()).toContain('That is not the key that bee shows')
  expect(readFileSync(lockFile(), 'utf8')).toContain(`hostKey: ${KNOWN}`)
})

test('a changed key names the command that pins it', async () => {
  const { exit, out } = await groundwork(['--plan', '--inventory', file()], env())
  expect(exit).toBe(1)
  expect(out).toContain(`npx tsx bootstrap.ts repin bee --inventory ${file()}`)
})
