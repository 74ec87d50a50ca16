import { execFile, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { newKeyPair } from '../../src/engine/key-pair.ts'
import type { HostWish } from '../../src/inventory/org.ts'
import { certificateFor } from '../../src/provision/first-contact/authority.ts'
import { oneTimeKeyOf, userDataFor } from '../../src/provision/first-contact/index.ts'
import { hostPlaces } from '../../src/provision/nspawn/names.ts'
import { readRecord } from '../../src/provision/nspawn/record.ts'
import { sandbox as provider } from '../../src/provision/sandbox.ts'
import { firstBoot, keysIn, type UserDataKeys } from '../lab/first-boot.ts'
import { type Hostile, sshServer } from '../lab/hostile-server.ts'
import { type Sandbox, sandbox } from '../lab/sandbox.ts'
import { impostor, loginsAt, type Stranger, start } from '../lab/strangers.ts'
import { type Tap, tap } from '../lab/tap.ts'

const ORG = 'keys'
const NAME = 'bee.example.org'
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
// A message with a number and two empty texts. ssh2 says it in clear where it does not believe a signature.
const GOODBYE_BYTES = 24
const inventory = `
organization: ${ORG}
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: bee, provider: sandbox, role: manager, labels: { role: storage } }]
`

/** Real sshds with the stranger's key, or with the host's used one. */
type Real =
  | 'another key'
  | 'a certificate of ours'
  | 'a certificate made where it is an hour later'
  | 'an expired certificate'
  | 'a certificate of another host'
  | 'a certificate of another authority'
  | 'the used key'
  | 'a banner of 24 KiB'
  | 'a banner of 1 MiB'
type Who = Real | 'a relay' | 'the host itself'

// Whoever answers at the address of a host: real sshds with their own count of logins, and a tap in between that counts bytes.
describe('who has not the key that we know gets no login and not one byte', () => {
  let box: Sandbox
  let way: Tap
  let identity = ''
  let oneTime: UserDataKeys & { readonly fingerprint: string }
  let relay: Required<Hostile>
  const strangers = new Map<string, Stranger>()
  const stranger = newKeyPair('stranger')
  const raw = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64')

  beforeAll(async () => {
    box = sandbox(ORG, inventory)
    vi.stubEnv('XDG_STATE_HOME', box.state)
    await box.upTo('ready')
    way = await tap()
    identity = join(box.state, 'groundwork', ORG, 'id_ed25519')
    const operators = [{ name: 'ana', keys: [readFileSync(`${identity}.pub`, 'utf8').trim()] }]
    const { userData } = await userDataFor({ name: ORG, operators }, { name: 'bee', firstUser: 'root' })
    oneTime = { ...keysIn(userData.reveal()), fingerprint: oneTimeKeyOf(ORG, 'bee') ?? '' }
    const now = Date.now()
    const certified = (org: string, host: string, made: number) => certificateFor(org, host, stranger.public, made)
    const key = stranger.private.reveal()
    const all: Readonly<Record<Real, Pick<Stranger, 'key' | 'certificate' | 'bannerBytes'>>> = {
      'another key': { key },
      'a certificate of ours': { key, certificate: await certified(ORG, 'bee', now) },
      'a certificate made where it is an hour later': { key, certificate: await certified(ORG, 'bee', now + HOUR_MS) },
      'an expired certificate': { key, certificate: await certified(ORG, 'bee', now - 31 * MINUTE_MS) },
      'a certificate of another host': { key, certificate: await certified(ORG, 'ant', now) },
      'a certificate of another authority': { key, certificate: await certified('others', 'bee', now) },
      'the used key': { key: oneTime.private, certificate: oneTime.certificate },
      'a banner of 24 KiB': { key, bannerBytes: 24 << 10 },
      'a banner of 1 MiB': { key, bannerBytes: 1 << 20 },
    }
    for (const [index, [who, one]] of Object.entries(all).entries())
      strangers.set(who, { ...one, name: String(2201 + index), port: 2201 + index })
    relay = await relayTo(await box.address('bee'), identity, key)
    operatorsMachine()
    await box.sh('bee', `${firstBoot(userData.reveal())}\n${start([...strangers.values()])}`)
  })
  afterAll(async () => {
    way.close()
    await relay.close()
    await box.down()
    vi.unstubAllEnvs()
  })

  const at = (name: Real): Stranger => {
    const found = strangers.get(name)
    if (!found) throw new Error(`no stranger ${name}`)
    return found
  }

  /** This machine's names and known_hosts, which say that the stranger is right. */
  const operatorsMachine = () => {
    const settings = join(box.state, 'ssh')
    mkdirSync(settings, { mode: 0o700 })
    const authority = readFileSync(join(box.state, 'groundwork', 'others', 'host-authority.pub'), 'utf8')
    writeFileSync(join(settings, 'known_hosts'), `* ${stranger.public}\n@cert-authority * ${authority}`)
    writeFileSync(join(box.state, 'hosts'), `127.0.0.1 localhost ${NAME}\n`)
  }
  // ssh finds its settings by the password file, not by HOME.
  const onThatMachine = (...words: string[]): Promise<{ readonly exit: number; readonly out: string }> => {
    const mount = 'mount --bind "$0/ssh" /root/.ssh && mount --bind "$0/hosts" /etc/hosts && exec "$@"'
    mkdirSync('/root/.ssh', { recursive: true, mode: 0o700 })
    const env = { ...process.env, HOME: '/root', NO_COLOR: '1', XDG_STATE_HOME: box.state, SSH_AUTH_SOCK: '' }
    return new Promise((done) =>
      execFile('unshare', ['-m', 'sh', '-c', mount, box.state, ...words], { env }, (error, out, err) =>
        done({ exit: error ? Number(error.code) : 0, out: out + err }),
      ),
    )
  }

  const file = (): string => join(box.state, 'own.yaml')
  const write = (more = '') =>
    writeFileSync(
      file(),
      `organization: ${ORG}
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: ["${readFileSync(`${identity}.pub`, 'utf8').trim()}"] }]
hosts: [{ name: bee, provider: existing, role: manager, labels: { role: storage }, address: ${NAME}, port: ${way.port}, identity: ${identity}${more} }]
ssh: { port: ${way.port} }
`,
    )
  const run = (...words: string[]) =>
    onThatMachine(process.execPath, 'bin/groundwork.mjs', '--inventory', file(), ...words)
  const locked = (): string =>
    /hostKey: (\S+)/.exec(readFileSync(join(box.state, `${ORG}.lock.yaml`), 'utf8'))?.[1] ?? ''

  /** What the screen says of another key than this one, and what went there: the halves of key exchanges, and goodbye. */
  const refuses = async (known: string, shown: string) => {
    const { exit, out } = await run('--plan')
    expect(exit, out).toBe(1)
    for (const words of ['shows another host key than the one we know', 'no login was tried', known, shown])
      expect(out).toContain(words)
    expect(out).toContain(`npx tsx bootstrap.ts repin bee --inventory ${file()}`)
    nothingWasSent()
  }
  const nothingWasSent = () => {
    const { connections, inClear, encryptedBytes } = way.tapped()
    expect(connections).toBeGreaterThan(0)
    expect(inClear.filter((type) => ![1, 20, 30].includes(type))).toEqual([])
    expect(encryptedBytes).toBe(0)
  }
  /** Leads to one of these, and counts the logins that are tried there. */
  const leadTo = async (who: Who): Promise<() => number> => {
    if (who === 'the host itself') way.leadTo({ host: await box.address('bee'), port: 22 })
    else if (who === 'a relay') way.leadTo({ host: '127.0.0.1', port: relay.port })
    else way.leadTo({ host: await box.address('bee'), port: at(who).port })
    if (who === 'the host itself') return () => 0
    const logins = () => (who === 'a relay' ? relay.logins() : loginsAt(at(who), hostPlaces(ORG, 'bee').root))
    const before = logins()
    return () => logins() - before
  }
  const refused = async (who: Who, known: string, shown = stranger.fingerprint) => {
    write()
    const logins = await leadTo(who)
    await refuses(known, shown)
    expect(logins()).toBe(0)
  }
  /** Somebody who shows this key, and has another: the signature is what gives them away. */
  const showing = async (publicKey: string) => {
    write()
    const lie = await impostor(relay.port, raw(stranger.public), raw(publicKey))
    way.leadTo({ host: '127.0.0.1', port: lie.port })
    const { exit, out } = await run('--plan')
    lie.close()
    expect(exit, out).toBe(1)
    expect(out).toContain('shows the key that we know, and does not have it')
    expect(out).toContain('No login was tried')
    expect(way.tapped().encryptedBytes).toBe(GOODBYE_BYTES)
    expect(relay.logins()).toBe(0)
  }

  describe('at first contact', () => {
    test.each(['another key', 'a certificate of ours', 'a relay'] as const)('%s', (who) =>
      refused(who, oneTime.fingerprint),
    )
    test('the public half of the right key alone', () => showing(oneTime.public))
  })

  test('the host itself is let in, gets a key of its own, and its sshd counts a login', async () => {
    write()
    await leadTo('the host itself')
    const { exit, out } = await run('--only', 'ready')
    expect(exit, out).toBe(0)
    expect(out).toContain('has a key of its own now')
    expect(way.tapped().encryptedBytes).toBeGreaterThan(1000)
    expect(locked()).not.toBe(oneTime.fingerprint)
  })

  describe('after its key was replaced', () => {
    test.each(['another key', 'a certificate of ours', 'a relay'] as const)('%s', (who) => refused(who, locked()))
    test('the key of its user data, with its certificate', () => refused('the used key', locked(), oneTime.fingerprint))
    test('the public half of the right key alone', async () =>
      showing(await box.sh('bee', 'cat /etc/ssh/ssh_host_ed25519_key.pub')))
    test('another host of ours that has its address now', async () => {
      const path = join(box.state, `${ORG}.lock.yaml`)
      const before = readFileSync(path, 'utf8')
      const ant = `  ant:\n    hostKey: ${stranger.fingerprint}\n    address: 192.0.2.7\n    since: 2026-11-03T21:04:12Z\n`
      writeFileSync(path, before + ant)
      await refused('another key', locked())
      writeFileSync(path, before)
    })
    test('another key after a reboot; and the host itself is known again', async () => {
      process.kill((await readRecord(ORG, 'bee'))?.process?.pid ?? 0, 'SIGKILL')
      await provider.make(ORG, { name: 'bee', release: 'trixie', port: 22 } as HostWish, () => undefined)
      await box.sh('bee', start([...strangers.values()]))
      await refused('another key', locked())
      await leadTo('the host itself')
      const { exit, out } = await run('--plan')
      expect(exit, out).toBe(2)
    })
  })

  // What is said before a login is over counts for nothing, and steers no terminal.
  describe('a banner with escape codes', () => {
    const plan = async (who: Who) => {
      write(`, hostKey: "${stranger.fingerprint}"`)
      const logins = await leadTo(who)
      const { exit, out } = await run('--plan')
      expect(out).not.toMatch(/[\x00-\x08\x0b-\x1f]|owned/)
      return { exit, out, logins: logins() }
    }
    test('of 24 KiB is passed over', async () => {
      const { exit, out, logins } = await plan('a banner of 24 KiB')
      expect(exit, out).toBe(2)
      expect(logins).toBeGreaterThan(0)
    })
    test('of 1 MiB makes sshd hang up on everybody, which is told', async () => {
      const { exit, out } = await plan('a banner of 1 MiB')
      expect(exit, out).toBe(1)
      expect(out).toContain('hung up before it answered the login')
      expect(out).toContain('Banner of more than 256 KiB')
    })
  })

  // Groundwork goes by fingerprints. People's own ssh goes by certificates: OpenSSH is the judge.
  describe('an operator’s ssh with one @cert-authority line', () => {
    const ssh = () => {
      const known = join(box.state, 'known')
      const authority = readFileSync(join(box.state, 'groundwork', ORG, 'host-authority.pub'), 'utf8')
      writeFileSync(known, `@cert-authority bee ${authority}`)
      const options = [`UserKnownHostsFile=${known}`, 'HostKeyAlias=bee', 'StrictHostKeyChecking=yes', 'BatchMode=yes']
      const words = options.flatMap((option) => ['-o', option])
      return onThatMachine('ssh', ...words, '-i', identity, '-p', String(way.port), `root@${NAME}`, 'echo in')
    }
    test.each([
      ['an expired certificate', 'Certificate invalid: expired'],
      ['a certificate of another host', 'name is not a listed principal'],
      ['a certificate of another authority', 'Host key verification failed'],
      ['another key', 'Host key verification failed'],
    ] as const)('tries no login at %s', async (who, words) => {
      const logins = await leadTo(who)
      const { exit, out } = await ssh()
      expect({ exit, out }).toEqual({ exit: 255, out: expect.stringContaining(words) })
      nothingWasSent()
      expect(logins()).toBe(0)
    })
    test.each(['a certificate of ours', 'a certificate made where it is an hour later'] as const)(
      'logs in at %s',
      async (who) => {
        const logins = await leadTo(who)
        const { exit, out } = await ssh()
        expect({ exit, out }).toEqual({ exit: 0, out: expect.stringContaining('in\n') })
        expect(logins()).toBeGreaterThan(0)
      },
    )
  })
})

/** Somebody in between who hands on what they get to the host itself, and shows a key of their own. */
async function relayTo(host: string, identity: string, key: string): Promise<Required<Hostile>> {
  return sshServer({
    hostKeys: [key],
    run: (channel, script) => {
      const options = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-i', identity]
      const inner = spawn('ssh', [...options, `root@${host}`, 'exec /bin/sh -s'], { stdio: ['pipe', 'pipe', 'ignore'] })
      inner.stdin.end(script)
      inner.stdout.pipe(channel, { end: false })
      inner.on('close', (exit) => {
        channel.exit(exit ?? 1)
        channel.end()
      })
    },
  })
}
