import { execFileSync } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Event } from '../../src/engine/event.ts'
import { differences, digestText, readDigest } from '../lab/digest.ts'
import { start, type UnderWay } from '../lab/interrupted.ts'
import { type Sandbox, sandbox } from '../lab/sandbox.ts'
import { wholeTest } from './chance.ts'

const ORG = 'interrupted'
const inventory = `
organization: ${ORG}
contact: ops@example.org
platform: ./fixture
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: bee, provider: sandbox, role: manager, release: trixie }]
`
const FIX = 'base › packages'
const GOES_ON = 'The same command goes on from here.'
// What is promised is five seconds; a loaded machine needs some of its own.
const PROMISED_SECONDS = 5
const SLACK_SECONDS = 2.5

interface Case {
  readonly name: string
  /** How the command is typed. */
  readonly text?: string
  readonly how?: (run: UnderWay) => unknown
  /** Seconds after which the fix comes to its end by itself. */
  readonly fixEndsAfter?: number
  readonly exit?: number
  readonly seconds: number
  readonly says: readonly string[]
  readonly waits?: boolean
}

const signal = (name: NodeJS.Signals) => (run: UnderWay) => process.kill(-(run.child.pid ?? 0), name)
const onTerminal = 'exec script -qec "$groundwork" /dev/null'
const type = (keys: string) => (run: UnderWay) => run.child.stdin?.write(keys)
const left = [`takes longer: the host finishes it, and the next run waits for that.`, GOES_ON]

const cases: readonly Case[] = [
  {
    name: 'Ctrl-C once, and the fix ends soon',
    text: onTerminal,
    how: type('\x03'),
    fixEndsAfter: 1,
    seconds: PROMISED_SECONDS,
    says: [`^C finishing the current fix (${FIX}`, 'nothing is half-written. The same command goes on from here.'],
  },
  {
    name: 'Ctrl-C once, and the fix takes long',
    text: onTerminal,
    how: type('\x03'),
    seconds: PROMISED_SECONDS,
    says: left,
    waits: true,
  },
  {
    name: 'Ctrl-C once, through npx and tsx, which hear it too',
    text: 'exec script -qec "npx tsx bootstrap.ts --inventory $inventory" /dev/null',
    how: type('\x03'),
    seconds: PROMISED_SECONDS,
    says: left,
  },
  {
    name: 'Ctrl-C twice',
    text: onTerminal,
    how: async (run) => {
      type('\x03')(run)
      await later(600)
      type('\x03')(run)
    },
    seconds: 1.6,
    says: ['^C stopping at once. The host finishes base › packages', 'in the middle of a fix.', GOES_ON],
  },
  {
    name: 'the terminal closes, which tells it twice',
    how: async (run) => {
      signal('SIGHUP')(run)
      await later(50)
      signal('SIGHUP')(run)
    },
    seconds: PROMISED_SECONDS,
    says: left,
  },
  {
    name: 'nobody reads any more',
    text: '{ $groundwork; echo "exit $?" >&2; } | head -n 1',
    exit: 0,
    seconds: Number.POSITIVE_INFINITY,
    says: ['groundwork: nobody reads what it says any more', GOES_ON, 'exit 130'],
  },
]

describe('a run that is interrupted', () => {
  let box: Sandbox
  const runs: UnderWay[] = []

  // What it prints comes back: the fix is held on the host.
  const held = (event: Event) => event.event === 'output' && event.line === 'waiting'
  const hold = () => box.sh('bee', 'touch /run/hold')
  const release = () => box.sh('bee', 'rm -f /run/hold; flock /run/groundwork/acting true')
  const begin = (text?: string) => {
    const run = start(box, ORG, text)
    runs.push(run)
    return run
  }

  beforeAll(async () => {
    box = sandbox(ORG, inventory)
    await cp(join(import.meta.dirname, '../stacks/fixture'), join(box.state, 'fixture'), { recursive: true })
    await box.upTo('ready')
    // An apt-get that takes as long as the test wants, and then is content with what is there.
    await box.sh(
      'bee',
      `printf '#!/bin/sh\\nwhile [ -e /run/hold ]; do echo waiting; sleep 0.1; done\\n' > /usr/local/sbin/apt-get; chmod 755 /usr/local/sbin/apt-get`,
    )
  })
  afterEach(async () => {
    for (const { child } of runs.splice(0))
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL')
    await release()
  })
  afterAll(() => box.down())

  test.each(cases)('$name', async ({ text, how, fixEndsAfter, exit = 130, seconds, says, waits }) => {
    await hold()
    const run = begin(text)
    if (how) await run.until(held)
    const since = performance.now()
    await how?.(run)
    if (fixEndsAfter !== undefined) setTimeout(() => void release(), fixEndsAfter * 1000)
    const ended = await run.ended(since)
    console.log(`ended ${ended.seconds.toFixed(1)} s after it was asked to`)
    for (const line of says) expect(run.said().replace(/\s+/g, ' ')).toContain(line)
    expect(run.said()).not.toMatch(/bug in groundwork|EPIPE|\n\s+at /)
    // The cursor is where it was, and the last line is whole.
    expect(run.said()).not.toContain('\x1b[?25l')
    expect(ended.exit).toBe(exit)
    expect(ended.seconds).toBeLessThan(seconds + SLACK_SECONDS)
    expect(run.journal().at(-1)).toMatchObject({ event: 'summary', exit: 130 })
    // Free at once, although the fix still runs.
    expect(await box.sh('bee', 'flock -n /run/groundwork/lock echo free')).toBe('free\n')
    if (!waits) return
    const next = begin()
    await next.until(
      (event) => event.event === 'note' && event.text.startsWith('waits for what an earlier run still does there'),
    )
    expect(next.said()).toMatch(/there: (sleep 0\.1|\S*sh \S*apt-get)/)
    await release()
    // The host is this run's from then on, or its first fix would say that it is not.
    await next.until((event) => event.event === 'step' && event.step === 'base' && event.state === 'running')
    await next.ended(performance.now())
    expect(next.said()).not.toContain('The lock on bee')
    expect(next.journal()).toContainEqual(expect.objectContaining({ event: 'change', step: 'base', state: 'applying' }))
  })

  test('without room for its journal it changes nothing', async () => {
    const directory = join(box.state, 'groundwork', ORG, 'runs')
    await mkdir(directory, { recursive: true })
    execFileSync('sh', ['-c', `mount -t tmpfs -o size=64k tmpfs '${directory}'`])
    try {
      await writeFile(join(directory, 'old'), Buffer.alloc(60 * 1024))
      const before = readDigest(await box.sh('bee', digestText)).shape
      const run = begin()
      const ended = await run.ended(performance.now())
      expect(run.journal().filter(({ event }) => event === 'change')).toEqual([])
      expect(run.said()).toContain('The journal of this run cannot be written, so nothing more is changed.')
      expect(run.said()).toContain('make room on this machine, then give the same command again')
      expect(ended.exit).toBe(1)
      expect(run.said().match(/The journal of this run/g)).toHaveLength(1)
      expect(differences(before, readDigest(await box.sh('bee', digestText)).shape)).toEqual([])
    } finally {
      execFileSync('sh', ['-c', `umount '${directory}'`])
    }
  })

  wholeTest('by the sleep of its machine, it says that the lock was lost, or goes on', async () => {
    await hold()
    const run = begin()
    await run.until(held)
    signal('SIGSTOP')(run)
    await later(40_000)
    await release()
    signal('SIGCONT')(run)
    const { exit, seconds } = await run.ended(performance.now())
    console.log(`exit ${exit}, ${seconds.toFixed(1)} s after it awoke:\n${run.said()}`)
    expect(exit).toBe(75)
    expect(run.said()).toContain('lock on bee')
    expect(run.said()).toContain('the same command goes on')
    expect(
      run.journal().filter((event) => event.event === 'step' && event.step === 'base' && event.state === 'done'),
    ).toEqual([])
  })
})
