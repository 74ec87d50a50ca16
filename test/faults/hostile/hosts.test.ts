import { readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import pLimit from 'p-limit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wayIn } from '../../../src/commands/way-in.ts'
import { whenItIsUp } from '../../../src/commands/when-it-is-up.ts'
import type { HostWish } from '../../../src/inventory/org.ts'
import { type Sandbox, sandbox } from '../../lab/sandbox.ts'
import { part, wholeTest } from '../chance.ts'
import { AT_ONCE, BUSY, PLANNED } from './case.ts'
import { type Expected, trials } from './trial.ts'
import { loginOf, makeUsers, users } from './users.ts'

const { directory, keyPair, plan, judge, end } = trials('odd hosts')
const chosen = users.filter(({ quick }) => part(quick, true))
// Not tried as the others are.
const others = ['late', 'slow'].map((user) => ({ ...PLANNED, user, behaviour: user }))
const stranger = keyPair()

const inventory = `
organization: hostile
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: odd, provider: sandbox, role: manager, labels: { role: storage } }]
`

// A second sshd has its own penalties and limits, so that one trial cannot shut out another.
const sshds = {
  2201: '-o MaxStartups=2:100:4',
  2202: '-o PerSourcePenalties="authfail:60s min:10s max:90s"',
  2203: '',
  2204: '',
} as const

const weather = `table inet odd {
chain weather {
  type filter hook input priority 0;
  tcp dport 2204 ip length >= 1400 drop
  tcp dport 2205 drop
}
}`

describe('a plan of a real host', () => {
  let box: Sandbox
  let address = ''
  let hostKey = ''
  let identity = ''
  let operatorKey = ''

  beforeAll(async () => {
    box = sandbox('hostile', inventory)
    await box.upTo('ready')
    address = await box.address('odd')
    identity = join(box.state, 'groundwork', 'hostile', 'id_ed25519')
    operatorKey = readFileSync(`${identity}.pub`, 'utf8')
    hostKey = (await box.sh('odd', 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).split(' ')[1] ?? ''
    await box.sh('odd', makeUsers([...chosen, ...others]))
    await box.sh(
      'odd',
      Object.entries(sshds)
        .map(([port, options]) => `/usr/sbin/sshd -p ${port} ${options}`)
        .join('\n'),
    )
    await box.sh(
      'odd',
      `nft -f - <<'RULES'
${weather}
RULES`,
    )
  })
  afterAll(async () => {
    end()
    await box.down()
  })

  const trial = async (behaviour: string, more: string, expected: Expected) =>
    expect(
      judge(behaviour, await plan(`address: ${address}, hostKey: "${hostKey}", ${more}`, operatorKey), expected),
    ).toEqual([])
  const as = (user: string, more = '') => `identity: ${identity}, firstUser: "${user}", user: "${user}"${more}`

  describe.concurrent('whose user has', () => {
    const atOnce = pLimit(3)
    test.for(chosen)('$behaviour', (one) =>
      atOnce(async () => {
        const file = join(directory, `${one.user}-password`)
        if (one.password) writeFileSync(file, `${one.password}\n`)
        await trial(one.behaviour, as(loginOf(one.user), one.password ? `, sudoPasswordFile: ${file}` : ''), one)
      }),
    )
  })

  test('a wrong password is tried once', async () => {
    const counted = async () =>
      Number(
        await box.sh('odd', `journalctl --no-pager | grep -c 'sudo.*authentication failure.*user=odd-wrong' || true`),
      )
    const before = await counted()
    const file = join(directory, 'wrong')
    writeFileSync(file, 'wrong\n')
    await plan(
      `address: ${address}, hostKey: "${hostKey}", ${as(loginOf('wrong'), `, sudoPasswordFile: ${file}`)}`,
      operatorKey,
    )
    expect((await counted()) - before).toBe(1)
  })

  test('a run with two sessions changes what it should', async () => {
    const file = join(directory, 'two.yaml')
    writeFileSync(
      file,
      `organization: hostile\ncontact: ops@example.org\nplatform: demo\noperators: [{ name: ana, keys: ["${operatorKey.trim()}"] }]\nhosts: [{ name: odd, provider: existing, role: manager, labels: { role: storage }, address: ${address}, hostKey: "${hostKey}", ${as(loginOf('two'))} }]\n`,
    )
    const { groundwork } = await import('../../lab/groundwork.ts')
    const came = await groundwork(['--only', 'ownership', '--inventory', file], { XDG_STATE_HOME: directory })
    expect(came.out).toMatch(/changed/)
    expect(came.exit, came.out).toBe(0)
  })

  test('whose port is closed', () =>
    trial('connection refused', `port: 2299, ${as('root')}`, { ...AT_ONCE, says: ['refused'] }))
  wholeTest('whose port is filtered', () =>
    trial('filtered', `port: 2205, ${as('root')}`, {
      exit: 1,
      deadlineSeconds: 12,
      says: ['a firewall drops the packets'],
    }),
  )
  wholeTest('that loses large packets', () =>
    trial('large packets get lost', `port: 2204, ${as('root')}`, { exit: 1, deadlineSeconds: 35, says: ['MTU'] }),
  )

  wholeTest('that is full of connections that do not log in', async () => {
    const idle: Socket[] = []
    for (let count = 0; count < 6; count++) idle.push(connect(2201, address).on('error', () => undefined))
    await later(300)
    await trial('MaxStartups 2:100:4, and full', `port: 2201, ${as('root')}`, { ...BUSY, says: ['MaxStartups'] })
    const freed = later(2000).then(() => {
      for (const socket of idle) socket.destroy()
    })
    await trial('MaxStartups 2:100:4, and free again', `port: 2201, ${as('root')}`, PLANNED)
    await freed
  })

  test('that bans who logs in wrongly', async () => {
    const wrong = `port: 2202, identity: ${stranger.path}, firstUser: root, user: root`
    await trial('refuses the login', wrong, {
      ...AT_ONCE,
      says: ['does not let us in', stranger.fingerprint, 'it takes'],
    })
    await later(1000)
    await trial('PerSourcePenalties', wrong, { ...BUSY, says: ['PerSourcePenalties', 'wait ten minutes'] })
  })

  describe('that was just made', () => {
    const late = loginOf('late')
    const wish = { name: 'odd', firstUser: late, user: late } as HostWish
    const enter = (port: number) => () =>
      wayIn(
        { file: 'org.yaml', ssh: { port } },
        wish,
        { address, port, hostKey, identity, sharesKernel: true },
        { fingerprint: hostKey, source: '' },
      )

    test('and whose sshd is late', async () => {
      const notes: string[] = []
      await box.sh('odd', 'systemd-run --quiet --on-active=5 /usr/sbin/sshd -p 2210')
      const way = await whenItIsUp(enter(2210), (text) => notes.push(text))
      way.remote.close()
      expect(notes.join()).toContain('refused')
    })

    wholeTest('and whose key is late', async () => {
      const notes: string[] = []
      await box.sh(
        'odd',
        `mv /etc/ssh/keys/${late} /root/later; systemd-run --quiet --on-active=40 mv /root/later /etc/ssh/keys/${late}`,
      )
      const way = await whenItIsUp(enter(2203), (text) => notes.push(text))
      way.remote.close()
      expect(notes.join()).toContain('it refused')
      expect(notes.join()).not.toContain('PerSourcePenalties')
    })
  })

  // What is true of the whole host comes last.
  wholeTest('that does not know its own name, and waits for DNS', async () => {
    await box.sh('odd', 'echo 127.0.0.1 localhost > /etc/hosts; echo nameserver 192.0.2.1 > /etc/resolv.conf')
    const says = ['does not know the address of its own name', 'to change']
    await trial('sudo waits for DNS', as(loginOf('slow')), { says, exit: 2, deadlineSeconds: 60 })
  })

  test('whose first boot ended with errors', async () => {
    await box.sh(
      'odd',
      `mkdir -p /run/cloud-init; printf '{"v1": {"datasource": "x", "errors": ["(\\047ssh\\047, no keys)"]}}' > /run/cloud-init/result.json`,
    )
    await trial('cloud-init ended with errors', as('root'), {
      ...PLANNED,
      says: ['first boot ended with errors', 'no keys'],
    })
  })

  test('that has no sudo', async () => {
    await box.sh('odd', 'mv /usr/bin/sudo /usr/bin/sudo.away')
    await trial('no sudo', as(loginOf('slow')), { ...AT_ONCE, says: ['there is no sudo', 'apt-get install -y sudo'] })
  })
})
