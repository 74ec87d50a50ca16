import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { differences, digestText, readDigest } from '../lab/digest.ts'
import { type Sandbox, sandbox } from '../lab/sandbox.ts'
import { drifts } from './drifts.ts'

const inventory = `
organization: drift
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: drift-1, provider: sandbox, role: manager, labels: { role: storage, zone: here } }]
system: { packages: [tree], sysctl: { net.core.somaxconn: "4096" } }
`

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

describe('a prepared host is broken, and repaired by the same command', () => {
  let host: Sandbox
  let before: readonly string[]

  beforeAll(async () => {
    host = sandbox('drift', inventory)
    const first = await host.run()
    expect(first.out + first.err).toContain('checks')
    expect(first.exit).toBe(0)
    before = readDigest(await host.sh('drift-1', digestText)).shape
  })
  afterAll(() => host.down())

  test.each(drifts)('$name', { timeout: 240_000 }, async (drift) => {
    await host.sh('drift-1', `set -e\n${drift.broken}`)
    const broken = await host.sh('drift-1', digestText)

    const plan = await host.run('--plan', '--json')
    expect(plan.exit, plan.out + plan.err).toBe(2)
    const planned = named(plan.out, 'planned')
    for (const needle of drift.named) expect(planned.map(words).join('\n')).toContain(needle)
    // A plan changes nothing. Tasks of a service that was just broken may still be moving.
    const stillBroken = readDigest(await host.sh('drift-1', digestText)).shape
    expect(differences(readDigest(broken).shape, stillBroken).filter((line) => !line.includes('service '))).toEqual([])

    const run = await host.run('--json', ...(drift.yes ? ['--yes'] : []))
    expect(run.exit, run.out + run.err).toBe(0)
    const applied = new Map(named(run.out, 'applied').map((change) => [words(change), change]))
    const unplanned = [...applied.values()].filter(
      (change) => !planned.some((one) => words(one) === words(change)) && !followsAnInterruption(change),
    )
    expect(unplanned.map(words)).toEqual([])
    const notDone = planned.filter((change) => !applied.has(words(change)) && !followsAnInterruption(change))
    expect(notDone.map(words)).toEqual([])

    const after = readDigest(await host.sh('drift-1', digestText)).shape
    expect(differences(before, after)).toEqual([])
  })
})
