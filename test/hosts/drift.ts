import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { differences, digestText, readDigest } from '../lab/digest.ts'
import type { Sandbox } from '../lab/sandbox.ts'
import type { Drift } from './drifts.ts'

interface Change {
  readonly event: string
  readonly state: string
  readonly step: string
  readonly resource: string
  readonly changes: readonly { readonly key: string }[]
}

const events = (out: string): readonly Change[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
const named = (out: string, state: string): readonly Change[] =>
  events(out).filter((one) => one.event === 'change' && one.state === state)
const words = (change: Change): string => `${change.step} › ${change.resource}`

// After an interruption services come back by themselves, and what was proven from outside is proven again.
const followsAnInterruption = ({ resource, changes }: Change): boolean =>
  resource.startsWith('page ') ||
  resource.startsWith('ports ') ||
  resource.startsWith('interfaces of ') ||
  (resource.startsWith('service ') && changes.every(({ key }) => key === 'state'))

// What a person would look at first when a run went wrong.
const told = (out: string): string =>
  out
    .split('\n')
    .filter((line) => /"event":"(fault|unknown|change|summary)"/.test(line))
    .join('\n')

/** Every one of these drifts: named by the plan, repaired by the next run, and nothing else touched. */
export function driftIsRepaired(host: Sandbox, drifts: readonly Drift[]): void {
  describe('a prepared host is broken, and repaired by the same command', () => {
    let before: readonly string[]

    const shape = async () => readDigest(await host.sh('one', digestText)).shape
    // Swarm hears of a changed host name, and forgets tasks, some seconds later than everybody else.
    const differencesAtLast = async () => {
      for (let left = 60; ; left--) {
        const found = differences(before, await shape())
        if (!found.length || !left) return found
        await setTimeout(1000)
      }
    }

    beforeAll(async () => {
      const first = await host.run('--json')
      expect(first.exit, told(first.out)).toBe(0)
      before = await shape()
    })
    // One fault is told once: the next drift begins on a whole host.
    afterEach(async ({ task }) => {
      if (task.result?.state !== 'fail') return
      await host.run('--yes')
      before = await shape()
    })

    test.each(drifts)('$name', { timeout: 240_000 }, async (drift) => {
      await host.sh('one', `set -e\n${drift.broken}`)
      const broken = await shape()

      const plan = await host.run('--plan', '--json')
      expect(plan.exit, told(plan.out)).toBe(2)
      const planned = named(plan.out, 'planned')
      for (const needle of drift.named) expect(planned.map(words).join('\n')).toContain(needle)
      // A plan changes nothing. Tasks of a service that was just broken may still be moving.
      expect(differences(broken, await shape()).filter((line) => !/^. (service|node|labels) /.test(line))).toEqual([])

      const run = await host.run('--json', ...(drift.yes ? ['--yes'] : []))
      expect(run.exit, told(run.out)).toBe(0)
      const applied = named(run.out, 'applied')
      const unplanned = applied.filter((change) => !planned.some((one) => words(one) === words(change)))
      expect(unplanned.filter((change) => !followsAnInterruption(change)).map(words)).toEqual([])
      const notDone = planned.filter((change) => !applied.some((one) => words(one) === words(change)))
      expect(notDone.filter((change) => !followsAnInterruption(change)).map(words)).toEqual([])

      expect(await differencesAtLast()).toEqual([])
    })
  })
}
