import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Guard, resource, step } from '../../src/engine/resource.ts'
import type { Run } from '../../src/engine/run.ts'
import { runFixes } from '../../src/engine/run-fixes.ts'
import { running, type Sh, sh } from '../../src/engine/sh.ts'
import { readRecord } from '../../src/provision/nspawn/record.ts'
import { sandbox } from '../../src/provision/sandbox.ts'
import { arm, disarm, TOO_LATE } from '../../src/safety/guard.ts'
import { guarded } from '../../src/safety/guarded.ts'
import { type BareHost, bareHosts } from '../lab/bare-hosts.ts'
import type { Sandbox } from '../lab/sandbox.ts'
import { part, wholeTest } from './chance.ts'
import { type LockOut, lockOuts } from './lock-outs.ts'

const cases = part(lockOuts.slice(0, 2), lockOuts)
const names = [
  ...cases.map((_, index) => `lock-${index + 1}`),
  'boot',
  'next',
  'full',
  'kept',
  'twice',
  'off',
  'half',
  'unarmed',
  ...part([], ['gone', 'slow']),
]

/** What a lock-out must not leave behind: settings, accounts, keys, rules, ports, and the guard itself. */
const STATE = `export LC_ALL=C
find /etc /root/.ssh /home -xdev ! -path '/etc/*-' ! -path /etc/.pwd.lock -printf '%y %m %U:%G %p %l\n' | sort
find /etc /root/.ssh /home -xdev -type f ! -path '/etc/*-' -print0 | sort -z | xargs -0 sha256sum
nft -s list ruleset 2>/dev/null || true
ss -Htln | sort
systemctl list-units --all --plain --no-legend 'groundwork-revert*' | awk '{ print $1, $3 }'
ls /var/lib/groundwork/guard 2>&1 || true`

/** A step under this guard with one wish. */
const wishing = (guard: LockOut['guard'], name: string, change: Sh) =>
  step({
    id: 'wish',
    title: 'The wish is true',
    guard,
    resources: () => [
      resource({
        name,
        desired: { made: 'yes' },
        actual: { made: sh`if [ -e ${`/run/made-${name}`} ]; then echo yes; else echo no; fi` },
        fix: () => sh`touch ${`/run/made-${name}`}
    ${change}`,
      }),
    ],
  })

const motd = (): Guard => ({ paths: ['/etc/motd', '/etc/motd.d'], reload: sh`echo reloaded >> /run/reloads` })
const message = wishing(motd, 'motd', sh`echo changed > /etc/motd; mkdir -p /etc/motd.d; touch /etc/motd.d/new`)

/** A run that dies between its change and the proof of it. */
const dying: Run['guarded'] = (run, step, guard, host, change) =>
  guarded(
    {
      ...run,
      reconnect: async () => {
        throw new Error('killed')
      },
    },
    step,
    guard,
    host,
    change,
  )

let hosts: Readonly<Record<string, BareHost>> = {}
let box: Sandbox

const at = (name: string): BareHost => {
  const host = hosts[name]
  if (!host) throw new Error(`no host ${name}`)
  return host
}

beforeAll(async () => {
  const made = await bareHosts('lockout', names)
  hosts = Object.fromEntries(made.hosts.map((host) => [host.host.name, host]))
  box = made.box
  process.env.XDG_STATE_HOME = box.state
})
afterAll(() => box.down())

describe.concurrent('a change that locks us out', () => {
  test.each(cases.map((one, index) => [one.name, one, index] as const))(
    '%s: the host is back by itself, as it was',
    async (name, { guard, change, user, before, because }, index) => {
      const root = at(`lock-${index + 1}`)
      if (before) await root.sh(before)
      const host = user ? root.as(user) : root
      const was = await root.sh(STATE)

      const { tally, faults, seconds } = await host.converge([wishing(guard, 'bad', change)])
      expect(tally.failed).toBe(1)
      expect(faults).toHaveLength(1)
      expect(faults[0]).toContain('would have locked us out, and the host has undone it')
      expect(faults[0]).toMatch(because)
      expect(faults[0]).toContain('look at what the inventory says')
      console.log(`${name}: back after ${seconds.toFixed(1)} s`)
      expect(seconds).toBeLessThan(90)
      expect(await root.sh(STATE)).toBe(was)

      const next = await host.converge([wishing(guard, 'good', sh`true`)])
      expect(next.faults).toEqual([])
      expect(next.tally).toMatchObject({ changed: 1, failed: 0 })
      expect(await root.sh(STATE)).toBe(was)
    },
  )
})

const left = async (name: string) => {
  const host = at(name)
  const was = await host.sh(STATE)
  await expect(host.converge([message], { guarded: dying })).rejects.toThrow('killed')
  expect(await host.sh('cat /etc/motd')).toBe('changed\n')
  return { host, was }
}

describe.concurrent('a guard whose run died', () => {
  test('is undone at the next boot', async () => {
    const { host, was } = await left('boot')
    const pid = (await readRecord('lockout', 'boot'))?.process?.pid
    process.kill(pid ?? 0, 'SIGKILL')
    await sandbox.make('lockout', { ...host.host, release: 'trixie' }, () => undefined)
    await host.sh('for i in $(seq 100); do [ -e /var/lib/groundwork/guard ] || exit 0; sleep 0.1; done; exit 1')
    expect(await host.sh(STATE)).toBe(was)
    expect(await host.sh('cat /run/reloads; tail -n 1 /var/log/groundwork.log')).toMatch(
      /^reloaded\n.*the host has undone a change that groundwork could not prove/,
    )
  })

  test('is undone before another is armed', async () => {
    const { host, was } = await left('twice')
    const next = await host.converge([wishing(motd, 'other', sh`true`)])
    expect(next.faults).toEqual([])
    expect(await host.sh(STATE)).toBe(was)
  })

  wholeTest('is undone after a minute, if nobody comes back', async () => {
    const { host, was } = await left('gone')
    await host.sh('for i in $(seq 70); do [ -e /var/lib/groundwork/guard ] || exit 0; sleep 1; done; exit 1')
    expect(await host.sh(STATE)).toBe(was)
  })
})

describe.concurrent('a guard', () => {
  test('that finds no room changes nothing, and says so', async () => {
    const host = at('full')
    const was = await host.sh(STATE)
    await host.sh(
      'mkdir -p /var/lib/groundwork; mount -t tmpfs -o size=64k tmpfs /var/lib/groundwork; head -c 200000 /dev/urandom > /etc/motd',
    )
    const { faults, tally } = await host.converge([message])
    expect(tally).toMatchObject({ changed: 0, failed: 1 })
    expect(faults[0]).toContain('The lockout guard cannot be set, so nothing was changed.')
    expect(faults[0]).toContain('No space left on device')
    expect(await host.sh('wc -c < /etc/motd; ls /run/made-motd /etc/motd.d/new 2>&1 | grep -c "No such"')).toBe(
      '200000\n2\n',
    )
    await host.sh('umount /var/lib/groundwork; cat /usr/share/base-files/motd > /etc/motd 2>/dev/null || : > /etc/motd')
    expect((await host.sh(STATE)).split('\n').filter((line) => !line.includes('/etc/motd'))).toEqual(
      was.split('\n').filter((line) => !line.includes('/etc/motd')),
    )
    expect((await host.converge([message])).faults).toEqual([])
  })

  test('that cannot arm its undoing changes nothing, and says so', async () => {
    const host = at('unarmed')
    const was = await host.sh(STATE)
    const units = '/etc/systemd/system'
    for (const { before, after, because } of [
      { before: 'mv /usr/bin/systemd-run /root/', after: 'mv /root/systemd-run /usr/bin/', because: /not found/ },
      {
        before: `mount --bind ${units} ${units}; mount -o remount,bind,ro ${units}`,
        after: `umount ${units}`,
        because: /Read-only file system/,
      },
    ]) {
      await host.sh(before)
      const { faults, tally } = await host.converge([message])
      await host.sh(after)
      expect(tally).toMatchObject({ changed: 0, failed: 1 })
      expect(faults[0]).toContain('The lockout guard cannot be set, so nothing was changed.')
      expect(faults[0]).toMatch(because)
      expect(await host.sh(STATE)).toBe(was)
    }
  })

  test('brings back modes, owners, links, attributes and names as they were, and what was not there goes', async () => {
    const host = at('kept')
    const remote = await host.connect()
    const fix = (text: Sh) => runFixes(remote, [running(text)], undefined, () => undefined)
    await host.sh(`mkdir -p '/srv/it is/deep'; cd '/srv/it is'; echo one > 'a b'; chmod 2741 'a b'; chown 1234:4321 'a b'
ln -s nowhere link; mkfifo pipe; chmod 1777 deep; touch -d 2001-01-01 deep; echo two > deep/-x; ln deep/-x deep/hard
command -v setfacl >/dev/null || { apt-get update -qq; apt-get install -y -qq acl; } >/dev/null 2>&1; setfacl -m u:daemon:rw 'a b'`)
    const look = `cd '/srv/it is' && find . -printf '%y %m %U:%G %T@ %p %l\n' | sort -k 5; getfacl -n 'a b'; ls /srv`
    const was = await host.sh(look)
    const guard = { paths: ['/srv/it is', '/srv/not there', '/srv/neither'], reload: sh`false` }
    expect(await fix(arm(guard))).toEqual({ done: true })
    await host.sh(`rm -rf '/srv/it is'; echo file > '/srv/it is'; mkdir '/srv/not there'; ln -s x /srv/neither`)
    await host.sh('systemctl start groundwork-revert.service')
    expect(await host.sh(look)).toBe(was)
    expect(await fix(disarm())).toMatchObject({ done: false, exit: TOO_LATE })
    remote.close()
  })

  test('is taken off in one go: a second time changes nothing, and nothing is left', async () => {
    const host = at('off')
    const remote = await host.connect()
    const fix = (text: Sh) => runFixes(remote, [running(text)], undefined, () => undefined)
    expect(await fix(arm(motd()))).toEqual({ done: true })
    await host.sh('rm /var/lib/groundwork/guard/revert; systemctl start groundwork-revert.service')
    expect(await fix(disarm())).toEqual({ done: true })
    expect(await fix(disarm())).toEqual({ done: true })
    expect(await host.sh('ls -A /etc/systemd/system | grep groundwork || true; ls /var/lib/groundwork')).not.toMatch(
      /revert|guard/,
    )
    remote.close()
  })

  wholeTest('waits for a change that takes longer than itself', async () => {
    const host = at('slow')
    const slow = wishing(motd, 'slow', sh`echo early > /etc/motd; sleep 75; cat /etc/motd; echo late > /etc/motd`)
    const { faults, tally } = await host.converge([slow])
    expect(faults).toEqual([])
    expect(tally.changed).toBe(1)
    expect(await host.sh('cat /etc/motd; sleep 70; cat /etc/motd')).toBe('late\nlate\n')
  })

  test('says what failed, where a change failed half-way and we still get in', async () => {
    const host = at('half')
    const half = wishing(motd, 'half', sh`echo half > /etc/motd; echo reason >&2; exit 3`)
    const { faults } = await host.converge([half])
    expect(faults[0]).toMatch(/The fix failed[\s\S]*reason\n\(exit 3\)/)
    expect(await host.sh('cat /etc/motd; ls /var/lib/groundwork/guard 2>&1 || true')).toMatch(/^half\n.*No such file/)
  })
})

// Behind the others: a run meets every host, and of these some are locked out or rebooting.
describe('a guard whose run died', () => {
  test('is told by a plan, and undone by the next run', async () => {
    const { host, was } = await left('next')
    const plan = await box.run('--plan', '--host', 'next')
    expect(plan.out).toContain('the next run first undoes what an interrupted one left unproven')
    expect(await host.sh('cat /etc/motd')).toBe('changed\n')
    const run = await box.run('--only', 'ready', '--host', 'next')
    expect(run.out).toContain('what an interrupted run left unproven is undone')
    expect(run.exit, run.out).toBe(0)
    expect(await host.sh(STATE)).toBe(was)
  })
})
