import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { newKeyPair } from '../../src/engine/key-pair.ts'
import { oneTimeKeyOf, userDataFor } from '../../src/provision/first-contact/index.ts'
import { firstContactOf } from '../../src/provision/first-contact/record.ts'
import { firstBoot, keysIn } from '../lab/first-boot.ts'
import { type Came, groundwork } from '../lab/groundwork.ts'
import { type Hostile, sshServer } from '../lab/hostile-server.ts'
import { type Sandbox, sandbox } from '../lab/sandbox.ts'

const ORG = 'unmet'
const inventory = `
organization: ${ORG}
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: bee, provider: sandbox, role: manager, labels: { role: storage } }]
`

/** A way to the host that lets so many connections through; later ones come to somebody else, or to nobody. */
async function door(host: string, passes: number, then?: number) {
  const open = new Set<Socket>()
  let count = 0
  const server = createServer((client) => {
    open.add(client.on('error', () => undefined))
    const to =
      count++ < passes ? { host, port: 22 } : then === undefined ? undefined : { host: '127.0.0.1', port: then }
    if (!to) return
    const inner = connect(to).on('error', () => undefined)
    open.add(inner)
    client.pipe(inner).pipe(client)
    client.on('close', () => inner.destroy())
    inner.on('close', () => client.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    close: () => {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}

describe('first contact with a host that was just made', () => {
  let box: Sandbox
  let address = ''
  let identity = ''
  /** Somebody in between, with a key of their own. */
  let between: Required<Hostile>
  let oneTime = { public: '', canary: '', fingerprint: '' }
  const came: Came[] = []
  const canaries: string[] = []

  beforeAll(async () => {
    box = sandbox(ORG, inventory)
    vi.stubEnv('XDG_STATE_HOME', box.state)
    await box.upTo('ready')
    address = await box.address('bee')
    identity = join(box.state, 'groundwork', ORG, 'id_ed25519')
    between = await sshServer({ hostKeys: [newKeyPair('in between').private.reveal()] })
  })
  afterAll(async () => {
    await between.close()
    await box.down()
    vi.unstubAllEnvs()
  })

  beforeEach(async () => {
    const operators = [{ name: 'ana', keys: [readFileSync(`${identity}.pub`, 'utf8').trim()] }]
    const { userData } = await userDataFor({ name: ORG, operators }, { name: 'bee', firstUser: 'root' })
    const { public: known, canary } = keysIn(userData.reveal())
    oneTime = { public: known, canary, fingerprint: oneTimeKeyOf(ORG, 'bee') ?? '' }
    canaries.push(canary)
    rmSync(join(box.state, `${ORG}.lock.yaml`), { force: true })
    await box.sh('bee', firstBoot(userData.reveal()))
    expect(shown()).toContain(oneTime.fingerprint)
    expect(certificates()).toContain('ssh-ed25519-cert-v01')
  })

  /** Fingerprints of the host's keys, as others see them. */
  const shown = (): string => {
    const { stdout } = spawnSync('ssh-keyscan', ['-t', 'ed25519,ecdsa,rsa', address], { encoding: 'utf8' })
    return execFileSync('ssh-keygen', ['-lf', '-'], { input: stdout, encoding: 'utf8' })
  }

  const certificates = (): string =>
    spawnSync('ssh-keyscan', ['-c', '-t', 'ed25519', address], { encoding: 'utf8' }).stdout

  const write = (port = 22, at = address): string => {
    const file = join(box.state, 'own.yaml')
    writeFileSync(
      file,
      `organization: ${ORG}
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: ["${readFileSync(`${identity}.pub`, 'utf8').trim()}"] }]
hosts: [{ name: bee, provider: existing, role: manager, labels: { role: storage }, address: ${at}, port: ${port}, identity: ${identity} }]
ssh: { port: ${port} }
`,
    )
    return file
  }

  const words = (file: string) => ['--only', 'ready', '--json', '--inventory', file]
  const run = async (...more: readonly string[]): Promise<Came> => {
    const one = await groundwork([...(more.length ? more : words(write()))], { XDG_STATE_HOME: box.state })
    came.push(one)
    return one
  }

  const locked = (): string => {
    const file = join(box.state, `${ORG}.lock.yaml`)
    return existsSync(file) ? (/hostKey: (\S+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? '') : ''
  }

  /** All that first contact promises. */
  const isOver = async () => {
    expect(locked()).toMatch(/^SHA256:/)
    expect(locked()).not.toBe(oneTime.fingerprint)
    expect(shown().trim().split('\n')).toEqual([expect.stringContaining(locked())])
    expect(certificates()).toBe('')
    expect(firstContactOf(ORG, 'bee')).toBeUndefined()
    expect(refusedBySsh()).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED')
    const there = await box.sh(
      'bee',
      `grep -rs HostCertificate /etc/ssh || true
ls -d /var/lib/cloud/instance/user-data* /var/lib/groundwork/guard /var/lib/groundwork/host-key 2>/dev/null
grep -rlsaF '${oneTime.canary}' /etc /root /run/cloud-init /var/lib/cloud /var/lib/groundwork /var/log || true
tail -c 4 /var/lib/cloud/instance/obj.pkl | tr '\\000' 0; stat -c ' %s' /var/lib/cloud/instance/obj.pkl /var/lib/cloud/instance/cloud-config.txt | tr -d '\\n'`,
    )
    expect(there).toMatch(/^0end \d+ \d+$/)
    const [pickle = 0, config = 0] = (there.match(/\d+/g) ?? []).slice(1).map(Number)
    expect(pickle - config).toBe('pickle\0_\n\0end'.length)
  }

  // OpenSSH itself, which trusts the one-time key and nothing else.
  const refusedBySsh = (): string => {
    const known = join(box.state, 'known')
    writeFileSync(known, `bee ${oneTime.public}\n`)
    const options = [`UserKnownHostsFile=${known}`, 'StrictHostKeyChecking=yes', 'HostKeyAlias=bee', 'BatchMode=yes']
    const flags = options.flatMap((option) => ['-o', option])
    const { stderr } = spawnSync('ssh', [...flags, '-i', identity, `root@${address}`, 'true'], { encoding: 'utf8' })
    return stderr
  }

  test('a plan meets it with the key of its user data, and changes nothing', async () => {
    const { exit, out, err } = await run('--plan', '--inventory', write())
    expect(exit, out + err).toBe(2)
    expect(shown()).toContain(oneTime.fingerprint)
    expect(oneTimeKeyOf(ORG, 'bee')).toBe(oneTime.fingerprint)
  })

  test('a run gives it a key of its own, and the one of its user data is refused', async () => {
    const { exit, out, err } = await run()
    expect(exit, out + err).toBe(0)
    expect(out).toContain('has a key of its own now')
    await isOver()
    const again = await run()
    expect(again.exit, again.out + again.err).toBe(0)
    expect(again.out).not.toContain('has a key of its own now')
  })

  test('somebody in between gets no login, at the first connection and at the second', async () => {
    const first = await run(...words(write(between.port, '127.0.0.1')))
    expect(first.exit, first.out + first.err).toBe(1)
    expect(first.out).toContain('another host key')
    expect(first.out).toContain(oneTime.fingerprint)
    expect(oneTimeKeyOf(ORG, 'bee')).toBe(oneTime.fingerprint)
    const way = await door(address, 1, between.port)
    const killed = start(write(way.port, '127.0.0.1'))
    await until(() => way.connections() > 1)
    await later(500)
    killed.kill()
    await killed.ended
    way.close()
    expect(between.connections()).toBeGreaterThan(1)
    expect(between.logins()).toBe(0)
    expect(locked()).toBe('')
  })

  test.each([
    ['and the host still shows the new key', ''],
    ['and the host has taken the change back', '/var/lib/groundwork/guard/revert now'],
  ])('a run that was killed before its proof is gone on with, %s', async (_name, meanwhile) => {
    const way = await door(address, 1)
    const killed = start(write(way.port, '127.0.0.1'))
    await until(() => way.connections() > 1)
    killed.kill()
    await killed.ended
    way.close()
    const { nextKey } = firstContactOf(ORG, 'bee') ?? {}
    expect(nextKey).toMatch(/^SHA256:/)
    expect(shown()).toContain(nextKey)
    if (meanwhile) {
      await box.sh('bee', meanwhile)
      expect(shown()).toContain(oneTime.fingerprint)
    }
    const { exit, out, err } = await run()
    expect(exit, out + err).toBe(0)
    await isOver()
    expect(locked() === nextKey).toBe(meanwhile === '')
  })

  test('the key of the user data is in nothing that is kept or shown here', () => {
    // What lies below sandbox is the host itself.
    const files = readdirSync(box.state, { recursive: true, encoding: 'utf8' })
      .filter((name) => !name.includes('/sandbox/'))
      .map((name) => join(box.state, name))
      .filter((path) => statSync(path).isFile())
    expect(files.filter((path) => path.endsWith('.jsonl'))).not.toEqual([])
    expect(Math.min(...canaries.map(({ length }) => length))).toBeGreaterThan(40)
    for (const text of [...files.map((path) => readFileSync(path, 'latin1')), ...came.map(({ out, err }) => out + err)])
      expect(canaries.filter((canary) => text.includes(canary))).toEqual([])
  })

  const start = (file: string) => {
    const child = spawn(process.execPath, ['bin/groundwork.mjs', ...words(file)], {
      env: { ...process.env, XDG_STATE_HOME: box.state },
      stdio: 'ignore',
    })
    const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
    return { ended, kill: () => void child.kill('SIGKILL') }
  }
})

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 600) throw new Error('it never came to that')
    await later(50)
  }
}
