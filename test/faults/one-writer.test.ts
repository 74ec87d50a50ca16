import { execFileSync } from 'node:child_process'
import { setTimeout as later } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Remote } from '../../src/engine/remote.ts'
import { type Lock, type Taking, takeLock } from '../../src/safety/lock.ts'
import { groundwork } from '../lab/groundwork.ts'
import { chance, part, wholeTest } from './chance.ts'
import { type SmallHost, smallHost } from './small-host.ts'
import { type Started, started } from './started.ts'

const claim = (run: string, waits: Taking['waits'] = () => undefined): Taking => ({
  run,
  purpose: 'test',
  signal: new AbortController().signal,
  waits,
})
const times = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
/** The port from which this command is connected. */
const portOf = ({ child }: Started): string =>
  new RegExp(`:(\\d+) +\\S+:22 .*pid=${child.pid},`).exec(execFileSync('ss', ['-Htnp'], { encoding: 'utf8' }))?.[1] ??
  ''
const seconds = (since: number) => (performance.now() - since) / 1000

describe('one writer', () => {
  let small: SmallHost
  let other: Remote
  const taken: Lock[] = []
  const commands: Started[] = []

  beforeAll(async () => {
    small = await smallHost('one-writer')
    other = await small.connect()
  })
  afterEach(async () => {
    for (const { child } of commands.splice(0)) child.kill('SIGKILL')
    for (const lock of taken.splice(0)) await lock.release()
    await small.sh('rm -f /usr/local/sbin/sync /usr/local/sbin/stat')
  })
  afterAll(async () => {
    other?.close()
    await small?.down()
  })

  const words = (...more: string[]) => ['--only', 'ownership', '--inventory', small.box.inventory, ...more]
  const run = (...more: string[]) => groundwork(words(...more), { XDG_STATE_HOME: small.box.state })
  const lock = (action: string, ...more: string[]) =>
    groundwork(['lock', action, '--inventory', small.box.inventory, ...more], { XDG_STATE_HOME: small.box.state })
  const start = (...more: string[]) => {
    const command = started(words(...more), small.box.state)
    commands.push(command)
    return command
  }
  const drift = () => small.sh('rm -f /var/lib/groundwork/organization; chmod 755 /var/lib/groundwork/key')
  const isDrifted = async () =>
    (await small.sh('[ -e /var/lib/groundwork/organization ] || stat -c %a /var/lib/groundwork/key')).trim() === '755'
  /** Fixes take this long from now on: every one of them ends with a sync. */
  const slowFixes = (forSeconds: number) =>
    small.sh(`printf '#!/bin/sh\\nexec sleep ${forSeconds}\\n' > /usr/local/sbin/sync; chmod 755 /usr/local/sbin/sync`)
  /** A question takes this long from now on: every file is looked at with stat. */
  const slowProbes = (forSeconds: number) =>
    small.sh(
      `printf '#!/bin/sh\\nsleep ${forSeconds}\\nexec /usr/bin/stat "$@"\\n' > /usr/local/sbin/stat; chmod 755 /usr/local/sbin/stat`,
    )
  /** As if a fix of an earlier run were still at it. */
  const busy = (forSeconds: number) =>
    small.sh(
      `mkdir -p /run/groundwork; setsid flock /run/groundwork/acting sleep ${forSeconds} </dev/null >/dev/null 2>&1 & sleep 0.3`,
    )
  const holds = async (who: Started) => {
    await who.says(/│ ownership │ .*: begins/)
    await later(300)
  }

  /** Takes the lock as soon as it is free. `freeAfter`: when it was, whether or not an earlier fix was still waited for. */
  async function takeWhenFree(name: string) {
    const from = performance.now()
    let freeAfter: number | undefined
    let waited = ''
    for (;;) {
      const lock = await takeLock(
        other,
        claim(name, (what) => {
          freeAfter ??= seconds(from)
          waited = what
        }),
      )
      if ('release' in lock) {
        taken.push(lock)
        return { lock, waited, freeAfter: freeAfter ?? seconds(from), takenAfter: seconds(from) }
      }
      await later(50)
    }
  }

  test.each(times(part(3, 50)))('two starts at once, pair %i: exactly one acts', async () => {
    await slowFixes(0.4)
    // On a loaded machine one may come when the other is done: nobody acts twice then either, and they start again.
    for (let tries = 0; ; tries++) {
      await drift()
      const pair = await Promise.all([run('--json'), run('--json')])
      const acting = pair.filter(({ out }) => out.includes('"applied"'))
      const said = pair.map(({ out }) => out).join('\n')
      expect(acting, said).toHaveLength(1)
      expect(acting[0]?.exit, said).toBe(0)
      const idle = pair.find((one) => one !== acting[0])
      if (idle?.exit === 0 && tries < 3) continue
      expect(idle?.exit, said).toBe(75)
      expect(idle?.out).toMatch(/is being changed by \S+@\S+ since [\d:]+ UTC \(\d+ s ago\), run --only ownership/)
      return
    }
  })

  test.each(times(part(1, 10)))('with --wait the second waits, and finds all in sync, pair %i', async () => {
    await slowFixes(0.4)
    await drift()
    const pair = await Promise.all([run('--json', '--wait'), run('--json', '--wait')])
    const said = pair.map(({ out }) => out).join('\n')
    expect(
      pair.map(({ exit }) => exit),
      said,
    ).toEqual([0, 0])
    expect(
      pair.filter(({ out }) => out.includes('"applied"')),
      said,
    ).toHaveLength(1)
    expect(
      pair.filter(({ out }) => out.includes('waits for ')),
      said,
    ).toHaveLength(1)
  })

  test('a killed holder is free at once, and what it still does is waited for', async () => {
    await drift()
    await slowFixes(2)
    const holder = start()
    await holds(holder)
    expect((await lock('show')).out).toMatch(
      /^bare {3}\S+@\S+ since .* run --only ownership, step ownership, last sign/,
    )
    holder.child.kill('SIGKILL')
    const next = await takeWhenFree('next')
    expect(next.freeAfter).toBeLessThan(1)
    expect(next.waited).toMatch(/^sleep 2 +\(pid \d+, since .*Z\)$/)
    // Two files, a sync for each of them and for its folder: the fix that outlived its run is not raced.
    expect(next.takenAfter).toBeGreaterThan(1.5)
    console.log(
      `killed: free after ${next.freeAfter.toFixed(2)} s, fix waited for until ${next.takenAfter.toFixed(1)} s`,
    )
    await next.lock.release()
    await small.sh('rm /usr/local/sbin/sync')
    expect((await run()).exit).toBe(0)
    expect((await run('--plan')).exit).toBe(0)
  })

  test('a holder killed while it waits is free at once as well', async () => {
    await drift()
    await busy(3)
    const holder = start()
    await holder.says(/waits for the last fix of an earlier run|waits for what an earlier run still does/)
    holder.child.kill('SIGKILL')
    expect((await takeWhenFree('next')).freeAfter).toBeLessThan(1)
  })

  // The whole part tries it again with a holder that sleeps as a computer does.
  test('a holder that is cut off notices, and the lock is free by itself', async () => {
    await small.sh('apt-get update -qq && apt-get install -qq -y --no-install-recommends nftables >/dev/null 2>&1')
    await drift()
    await slowFixes(15)
    const holder = start()
    await holds(holder)
    const port = portOf(holder)
    await small.sh(
      `nft 'table inet cut { chain in { type filter hook input priority -300; tcp sport ${port} drop; }; chain out { type filter hook output priority -300; tcp dport ${port} drop; }; }'`,
    )
    const from = performance.now()
    const [next, end] = await Promise.all([takeWhenFree('next'), holder.ended])
    await small.sh('nft delete table inet cut')
    const noticed = (end.at - from) / 1000
    console.log(`cut: noticed after ${noticed.toFixed(1)} s, free after ${next.freeAfter.toFixed(1)} s`)
    expect(noticed).toBeLessThan(20)
    expect(next.freeAfter).toBeLessThan(30)
    expect(end.exit, end.out).toBe(1)
    expect(end.out).toContain('The connection was lost in the middle of this fix.')
    await next.lock.release()
    await small.sh('rm /usr/local/sbin/sync')
    expect((await run()).exit).toBe(0)
  })

  const nap = chance('naps')
  /** A run that is stopped with the lock in its hand, while it asks again, before its fix is sent. */
  const stoppedHolder = async () => {
    await drift()
    await slowProbes(1)
    const late = start('--json')
    await small.sh('while [ ! -e /run/groundwork/run ]; do sleep 0.05; done')
    late.child.kill('SIGSTOP')
    await small.sh('rm /usr/local/sbin/stat')
    return late
  }
  test.each(times(part(1, 20)))('late writer %i: it wakes up, and writes nothing', async () => {
    const late = await stoppedHolder()
    await later(nap() * 2000)
    const broken = await lock('break', '--yes')
    expect(broken.out + broken.err).toMatch(/^bare +broken/m)
    const next = await takeWhenFree('next')
    await later(nap() * 500)
    late.child.kill('SIGCONT')
    const end = await late.ended
    expect(end.exit, end.out).toBe(75)
    expect(end.out).toMatch(/broke the lock on bare|is no longer ours/)
    expect(end.out).not.toContain('"applied"')
    expect(await isDrifted()).toBe(true)
    expect(next.lock.lost.aborted).toBe(false)
  })

  wholeTest('a holder that sleeps for half a minute has lost the lock, and knows it', async () => {
    const late = await stoppedHolder()
    const next = await takeWhenFree('next')
    expect(next.freeAfter).toBeLessThan(30)
    late.child.kill('SIGCONT')
    const end = await late.ended
    expect(end.exit, end.out).toBe(75)
    expect(end.out).toContain('did this computer sleep?')
    expect(await isDrifted()).toBe(true)
  })

  test('a live holder is not broken without its name, and stops before its next fix', async () => {
    await drift()
    const holder = await takeWhenFree('holder')
    const asked = await lock('break')
    expect(asked.exit).toBe(1)
    expect(asked.out + asked.err).toMatch(/Somebody holds this lock.*\n.*|bare: the lock of \S+@\S+/)
    expect(holder.lock.lost.aborted).toBe(false)
    const broken = await lock('break', '--yes')
    expect(broken.out).toMatch(
      /^bare {3}\S+@\S+ since [\d:]+ UTC .*, test, last sign of life \d s ago\nbare {3}broken\n/,
    )
    await later(200)
    expect(holder.lock.lost.reason).toMatchObject({
      exit: 75,
      message: expect.stringMatching(/^\S+@\S+ broke the lock on bare\.$/),
    })
    expect((await lock('show')).out).toBe('bare   free\n')
    expect(await small.sh('tail -n 1 /var/log/groundwork.log')).toMatch(/^\S+Z \S+@\S+ broke the lock of holder\n$/)
  })

  test('the lock outlives a restart of sshd and an empty firewall', async () => {
    const { lock: held } = await takeWhenFree('holder')
    await small.sh('systemctl restart ssh; nft flush ruleset')
    await later(part(1000, 31_000))
    held.at('firewall')
    await later(500)
    expect((await lock('show')).out).toContain('step firewall, last sign of life')
    expect(held.lost.aborted).toBe(false)
  })
})
