import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Destination } from '../../src/engine/connect.ts'
import { converge } from '../../src/engine/converge.ts'
import { firstContact } from '../../src/engine/facts.ts'
import { Fault } from '../../src/engine/fault.ts'
import { type Resource, resource, step } from '../../src/engine/resource.ts'
import type { Run } from '../../src/engine/run.ts'
import { none, sh } from '../../src/engine/sh.ts'
import type { Host, HostWish, Org } from '../../src/inventory/org.ts'
import { guarded } from '../../src/safety/guarded.ts'
import { type Lock, type Taking, takeLock } from '../../src/safety/lock.ts'
import { groundwork } from '../lab/groundwork.ts'
import { type Sandbox, sandbox } from '../lab/sandbox.ts'

const inventory = `
organization: engine
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: bare, provider: sandbox, role: manager, labels: { role: storage } }]
`
const wish = {
  name: 'bare',
  provider: 'sandbox',
  role: 'manager',
  labels: {},
  firstUser: 'root',
  user: 'root',
  port: 22,
  release: 'trixie',
} as unknown as HostWish

const file = (path: string, text: string): Resource =>
  resource({
    name: `file ${path}`,
    desired: { text },
    actual: { text: none(sh`cat ${path} 2>/dev/null`, { exit: 1 }) },
    fix: () => sh`printf '%s\n' ${text} > ${path}`,
  })

const claim = (run: string): Taking => ({
  run,
  purpose: 'test',
  signal: new AbortController().signal,
  waits: () => undefined,
})

// The engine on a bare Debian host, without the steps: what every run stands on.
describe('the engine on a real host', () => {
  let box: Sandbox
  let destination: Destination
  let host: Host
  let key = ''

  beforeAll(async () => {
    box = sandbox('engine', inventory)
    // The base step alone: a host that is reached, and no platform.
    await box.upTo('ready')
    const address = await box.address('bare')
    destination = {
      name: 'bare',
      address,
      port: 22,
      user: 'root',
      identities: [join(box.state, 'groundwork', 'engine', 'id_ed25519')],
      agent: undefined,
      verify: (seen) => {
        key = seen
      },
    }
    const remote = await connect(destination)
    host = { ...wish, ...(await firstContact(wish, remote, true)).facts }
    remote.close()
  })
  afterAll(() => box.down())

  async function withRun<Result>(steps: Run['steps'], use: (run: Run) => Promise<Result>): Promise<Result> {
    const remote = await connect(destination)
    const run: Run = {
      id: 'test',
      org: { name: 'engine', hosts: [host] } as unknown as Org,
      steps,
      hosts: [host],
      remotes: () => remote,
      report: (event) => {
        if (event.event === 'fault') faults.push(`${event.what} ${event.because}`)
      },
      signal: new AbortController().signal,
      plan: false,
      only: undefined,
      guarded,
      confirm: async () => undefined,
      lock: async () => (await takeLock(remote, claim('test'))) as Lock,
      reconnect: async () => connect(destination),
    }
    try {
      return await use(run)
    } finally {
      remote.close()
    }
  }
  let faults: string[] = []

  test('changes what differs, and is in sync afterwards', async () => {
    const steps = [
      step({
        id: 'a',
        title: 'A is so',
        resources: () => [file('/root/a', 'one'), file('/root/b', `two 'three' $four`)],
      }),
    ]
    expect(await withRun(steps, converge)).toMatchObject({ changed: 2, failed: 0 })
    expect(await withRun(steps, converge)).toMatchObject({ changed: 0, inSync: 2 })
  })

  test('a fix that ends well and changes nothing did not take', async () => {
    faults = []
    const lying = resource({ name: 'lying', desired: { a: '1' }, actual: { a: sh`echo 0` }, fix: () => sh`true` })
    expect(await withRun([step({ id: 'a', title: 'A', resources: () => [lying] })], converge)).toMatchObject({
      changed: 0,
      failed: 1,
    })
    expect(faults.join()).toContain('did not take')
  })

  test('a change that locks us out is undone by the host itself', { timeout: 180_000 }, async () => {
    faults = []
    const closing = step({
      id: 'ssh',
      title: 'Nobody can log in',
      guard: () => ({ paths: ['/etc/ssh/sshd_config.d'], reload: sh`systemctl restart ssh` }),
      resources: () => [
        resource({
          name: 'closed door',
          desired: { closed: 'yes' },
          actual: { closed: sh`if [ -e /etc/ssh/sshd_config.d/closed.conf ]; then echo yes; else echo no; fi` },
          fix: () => sh`echo 'DenyUsers root' > /etc/ssh/sshd_config.d/closed.conf; systemctl restart ssh`,
        }),
      ],
    })
    const started = performance.now()
    expect(await withRun([closing], converge)).toMatchObject({ failed: 1 })
    expect((performance.now() - started) / 1000).toBeLessThan(90)
    expect(faults.join()).toContain('locked us out, and the host has undone it')
    expect(await box.sh('bare', 'ls /etc/ssh/sshd_config.d/closed.conf 2>&1 || true')).toContain('No such file')
  })

  test('the lock names its holder, and a late writer writes nothing', async () => {
    const one = await connect(destination)
    const other = await connect(destination)
    const lock = (await takeLock(one, claim('first'))) as Lock
    expect(await takeLock(other, claim('second'))).toMatchObject({ run: 'first' })
    await lock.release()
    const second = (await takeLock(other, claim('second'))) as Lock
    faults = []
    await withRun([step({ id: 'a', title: 'A', resources: () => [file('/root/late', 'x')] })], async (run) => {
      const error = await converge({
        ...run,
        lock: async () => ({
          at: () => undefined,
          release: async () => undefined,
          lost: new AbortController().signal,
        }),
      }).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(Fault)
      expect((error as Fault).exit).toBe(75)
    })
    expect(await box.sh('bare', 'ls /root/late 2>&1 || true')).toContain('No such file')
    await second.release()
    one.close()
    other.close()
  })

  test('a profile that prints and reads stdin is told, not believed', async () => {
    await box.sh(
      'bare',
      `printf 'echo Welcome\\ncat >/dev/null\\n' > /root/.bashrc.evil; cp /root/.bashrc /root/.bashrc.good; cat /root/.bashrc.evil > /root/.bashrc`,
    )
    const run = await box.run('--plan')
    await connectAndRestore()
    expect(run.exit).not.toBe(0)
    expect(run.out).toContain('login shell interferes')
  })

  const connectAndRestore = async () => {
    // SFTP is out of order as well; a command that is given whole, with nothing on stdin, still comes through.
    const { execFileSync } = await import('node:child_process')
    execFileSync(
      'ssh',
      [
        '-o',
        'StrictHostKeyChecking=no',
        '-o',
        'UserKnownHostsFile=/dev/null',
        '-o',
        'LogLevel=ERROR',
        '-i',
        destination.identities[0] ?? '',
        `root@${destination.address}`,
        'mv /root/.bashrc.good /root/.bashrc',
      ],
      { input: '\n' },
    )
  }

  const existing = (more: string) => `
organization: engine
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: ["${readFileSync(`${destination.identities[0]}.pub`, 'utf8').trim()}"] }]
hosts: [{ name: bare, provider: existing, role: manager, labels: { role: storage }, address: ${destination.address}, identity: ${destination.identities[0]}, ${more} }]
`

  test('a host with another key than the pinned one gets nothing', async () => {
    const path = join(box.state, 'wrong.yaml')
    writeFileSync(path, existing(`hostKey: "SHA256:${'A'.repeat(43)}"`))
    await box.sh('bare', 'journalctl --rotate --quiet; journalctl --vacuum-time=1s --quiet')
    const run = await groundwork(['--plan', '--inventory', path], { XDG_STATE_HOME: box.state })
    expect(run.exit, run.out + run.err).toBe(1)
    expect(run.out).toContain('another host key')
    expect(
      await box.sh(
        'bare',
        'journalctl -u ssh --quiet --no-pager | grep -c -E "Failed|Invalid|Accepted publickey for nobody" || true',
      ),
    ).toBe('0\n')
  })

  test('a user whose sudo wants a password is let in with it, and a wrong one stops', async () => {
    await box.sh(
      'bare',
      `useradd -m -s /bin/bash pat; echo 'pat:right one' | chpasswd; install -d -o pat -m 700 /home/pat/.ssh; install -o pat -m 600 /root/.ssh/authorized_keys /home/pat/.ssh/; echo 'pat ALL=(ALL) ALL' > /etc/sudoers.d/pat`,
    )
    mkdirSync(join(box.state, 'secrets'), { recursive: true })
    const password = join(box.state, 'secrets', 'sudo')
    const path = join(box.state, 'pat.yaml')
    writeFileSync(path, existing(`hostKey: "${key}", firstUser: pat, sudoPasswordFile: ${password}`))
    writeFileSync(password, 'right one\n')
    const right = await groundwork(['--plan', '--inventory', path], { XDG_STATE_HOME: box.state })
    expect(right.out).toContain('to change')
    expect(right.out).not.toContain('right one')
    expect(right.exit, right.out).toBe(2)
    writeFileSync(password, 'wrong one\n')
    const wrong = await groundwork(['--plan', '--inventory', path], { XDG_STATE_HOME: box.state })
    expect(wrong.exit).toBe(1)
    expect(wrong.out).toContain('does not take this password')
  })
})
