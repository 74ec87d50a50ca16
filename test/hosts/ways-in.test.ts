import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, sandbox } from '../lab/sandbox.ts'

const inventory = `
organization: ways
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts:
  - { name: door, provider: sandbox, role: manager, labels: { role: storage } }
  - { name: inner, provider: sandbox, role: worker }
`

const scanned = (address: string): string =>
  execFileSync('ssh-keyscan', ['-t', 'ed25519', address], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })

const fingerprint = (line: string): string =>
  execFileSync('ssh-keygen', ['-lf', '-'], { input: line, encoding: 'utf8' }).split(' ')[1] ?? ''

// The operator's own SSH settings are honoured: a host is reached as `ssh` would reach it, and with no key but the pinned one.
describe('the operator’s ways in', () => {
  let hosts: Sandbox
  const address = { door: '', inner: '' }
  let key = ''
  let settings = ''

  beforeAll(async () => {
    hosts = sandbox('ways', inventory)
    await hosts.upTo('ready')
    for (const name of ['door', 'inner'] as const) address[name] = await hosts.address(name)
    key = join(hosts.state, 'groundwork', 'ways', 'id_ed25519')
    settings = join(hosts.state, 'ssh')
    mkdirSync(settings, { mode: 0o700 })
    copyFileSync(key, join(settings, 'key'))
  })
  afterAll(() => hosts.down())

  const write = (more: string) => {
    const file = join(hosts.state, 'own.yaml')
    writeFileSync(
      file,
      `organization: ways
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: ["${readFileSync(`${key}.pub`, 'utf8').trim()}"] }]
hosts: [{ name: inner, provider: existing, role: manager, labels: { role: storage }, hostKey: "${fingerprint(scanned(address.inner))}", ${more} }]
`,
    )
    return file
  }

  // ssh finds its settings by the password file, not by HOME: the operator gets a ~/.ssh of the test's own, seen by this command alone.
  const plan = (file: string, config: string, knownHosts = '', env: Readonly<Record<string, string>> = {}) => {
    writeFileSync(join(settings, 'config'), config)
    writeFileSync(join(settings, 'known_hosts'), knownHosts)
    mkdirSync('/root/.ssh', { recursive: true, mode: 0o700 })
    const words = ['bin/groundwork.mjs', '--plan', '--inventory', file]
    const inside = ['-m', 'sh', '-c', 'mount --bind "$0" /root/.ssh && exec "$@"', settings, process.execPath, ...words]
    const { SSH_AUTH_SOCK: _agent, ...own } = process.env
    const { stdout, stderr, status } = spawnSync('unshare', inside, {
      encoding: 'utf8',
      env: { ...own, HOME: '/root', NO_COLOR: '1', XDG_STATE_HOME: hosts.state, ...env },
    })
    return { out: stdout + stderr, exit: status }
  }

  test('by the tailnet, once that way was entered; and by the old one where it does not answer', async () => {
    // Stands for one of a tailnet: a host has it or not, and `tailscale` there says that it is its own.
    const there = address.inner.replace(/\d+$/, '199')
    const onHost = (verb: string, host: string) => hosts.sh(host, `ip address ${verb} ${there}/24 dev host0`)
    const says = `printf '#!/bin/sh\\necho ${there}\\n' > /usr/local/bin/tailscale; chmod 755 /usr/local/bin/tailscale`
    const wish = 'tailscale: { authKey: { env: NO_SUCH }, binaries: ./tailscale, sshOver: true }\n'
    mkdirSync(join(hosts.state, 'tailscale'), { recursive: true })
    for (const name of ['tailscale', 'tailscaled']) writeFileSync(join(hosts.state, 'tailscale', name), '\x7fELF')
    hosts.write(`${inventory}${wish}`)
    const come = async () => (await hosts.run('--only', 'ready')).out
    const lockFile = () => readFileSync(join(hosts.state, 'groundwork', 'ways', 'ways.lock.yaml'), 'utf8')
    await hosts.sh('inner', says)
    expect(await come()).toContain(`inner │ is not entered by the tailnet (${there}): no answer; the old way is used`)
    expect(lockFile()).not.toContain(there)
    await onHost('add', 'inner')
    expect(await come()).toContain(`inner │ was entered by the tailnet (${there}): the next run comes that way`)
    expect(lockFile()).toContain(`tailnet: ${there}`)
    expect(await come()).toMatch(/inner .*· by the tailnet/)
    // Another machine has the address now.
    await onHost('del', 'inner')
    await onHost('add', 'door')
    execFileSync('ip', ['neighbour', 'flush', 'to', there])
    const other = await come()
    expect(other).toMatch(/inner │ is not entered by the tailnet .*the old way is used/)
    expect(other).not.toMatch(/inner .*· by the tailnet/)
    await onHost('del', 'door')
    await hosts.sh('inner', 'rm /usr/local/bin/tailscale')
    hosts.write(inventory)
  })

  const cameFrom = async (): Promise<string> =>
    (await hosts.sh('inner', "journalctl -u ssh --no-pager | grep 'Accepted publickey' | tail -n 2 | head -n 1")).trim()

  test('an alias of ~/.ssh/config: address, user and key', () => {
    const config = `Host box\n  HostName ${address.inner}\n  User root\n  IdentityFile /root/.ssh/key\n`
    const { out, exit } = plan(write('address: box'), config)
    expect(exit, out).toBe(2)
  })

  /** While an agent runs that holds these keys, in their order. */
  let agents = 0
  const withAgent = async (keys: readonly string[], use: (env: Readonly<Record<string, string>>) => void) => {
    // The one before may still be at its end.
    const socket = join(hosts.state, `agent-${++agents}`)
    const agent = execFileSync('ssh-agent', ['-a', socket], { encoding: 'utf8' })
    const env = { SSH_AUTH_SOCK: socket }
    try {
      // As a person's agent: it is given the passphrase, here by a program that knows it.
      const asked = { ...process.env, ...env, SSH_ASKPASS: join(settings, 'asked'), SSH_ASKPASS_REQUIRE: 'force' }
      for (const one of keys) execFileSync('ssh-add', ['-q', one], { env: asked, stdio: 'pipe' })
      use(env)
    } finally {
      process.kill(Number(/SSH_AGENT_PID=(\d+)/.exec(agent)?.[1]))
    }
  }
  const newKey = (name: string, passphrase = '') => {
    const file = join(settings, name)
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', file])
    return file
  }
  const inner = () => write(`address: ${address.inner}`)

  test('a key that only the agent has', async () => {
    const config = 'IdentityFile /nowhere\n'
    await withAgent([], (env) => {
      const { out, exit } = plan(inner(), config, '', env)
      expect(exit, out).toBe(1)
      expect(out).toContain('does not let us in')
    })
    await withAgent([key], (env) => {
      const { out, exit } = plan(inner(), config, '', env)
      expect(exit, out).toBe(2)
    })
  })

  test('the last of ten keys of the agent: told why it was never tried, and in once it is named', async () => {
    const others = Array.from({ length: 9 }, (_, index) => newKey(`other-${index}`))
    await withAgent([...others, key], (env) => {
      const { out, exit } = plan(inner(), '', '', env)
      expect(exit, out).toBe(1)
      expect(out).toContain('too many keys for one login (MaxAuthTries)')
      const named = plan(inner(), 'IdentityFile /root/.ssh/key\n', '', env)
      expect(named.exit, named.out).toBe(2)
    })
  })

  test('a key with a passphrase, which the agent has been told', async () => {
    const file = newKey('locked', 'a passphrase')
    writeFileSync(join(settings, 'asked'), '#!/bin/sh\necho a passphrase\n', { mode: 0o700 })
    await hosts.sh('inner', `echo '${readFileSync(`${file}.pub`, 'utf8').trim()}' >> /root/.ssh/authorized_keys`)
    const config = 'IdentityFile /root/.ssh/locked\n  IdentitiesOnly yes\n'
    await withAgent([], (env) => {
      const { out, exit } = plan(inner(), config, '', env)
      expect(exit, out).toBe(1)
      expect(out).toContain('ssh-add /root/.ssh/locked')
    })
    await withAgent([file], (env) => {
      const { out, exit } = plan(inner(), config, '', env)
      expect(exit, out).toBe(2)
    })
  })

  test('through a jump host that known_hosts knows', async () => {
    const config = `Host box\n  HostName ${address.inner}\n  ProxyJump ${address.door}\nHost *\n  IdentityFile /root/.ssh/key\n`
    const { out, exit } = plan(write('address: box'), config, scanned(address.door))
    expect(exit, out).toBe(2)
    expect(await cameFrom()).toContain(`from ${address.door} `)
  })

  test('never through a jump host whose key is not known', () => {
    const config = `Host box\n  HostName ${address.inner}\n  ProxyJump ${address.door}\nHost *\n  IdentityFile /root/.ssh/key\n`
    const { out, exit } = plan(write('address: box'), config)
    expect(exit, out).toBe(1)
    expect(out).toContain('The key of the jump host')
    expect(out).toContain('no login was tried')
  })

  test('a user whose sudo asks nothing, on another port than the usual one', async () => {
    await hosts.sh(
      'inner',
      `useradd -m -s /bin/sh pat; install -d -o pat -m 700 /home/pat/.ssh; install -o pat -m 600 /root/.ssh/authorized_keys /home/pat/.ssh/
echo 'pat ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/pat; printf 'Port 22\\nPort 2222\\n' > /etc/ssh/sshd_config.d/ports.conf; systemctl restart ssh`,
    )
    const config = `Host box\n  HostName ${address.inner}\n  Port 2222\n  IdentityFile /root/.ssh/key\n`
    const { out, exit } = plan(write('address: box, firstUser: pat'), config)
    expect(exit, out).toBe(2)
    expect(
      await hosts.sh('inner', "journalctl -u ssh --no-pager | grep 'Accepted publickey for pat' | tail -n 1"),
    ).toMatch(/port/)
  })
})
