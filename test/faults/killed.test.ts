import { existsSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { differences, digestText, readDigest } from '../lab/digest.ts'
import { borderOf, inside, type Moment, never, runUntil, type Watched } from '../lab/killed.ts'
import { type Sandbox, sandbox } from '../lab/sandbox.ts'
import { type Snapshots, snapshots } from '../lab/snapshot.ts'
import { chance, part, wholeTest } from './chance.ts'

// The small platform of test/stacks: three layers of sh and sleep, so that a case costs seconds.
const inventory = `
organization: killed
contact: ops@example.org
platform: ./fixture
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: bee, provider: sandbox, role: manager, release: trixie }]
`

/** The steps of the list that change something at a first run of it, in their order. */
const STEPS = [
  'ownership',
  'base',
  'users',
  'ssh',
  'firewall',
  'docker',
  'docker-runs',
  'swarm',
  'networks',
  'volumes',
  'images',
  'below',
  'above',
  'checks',
] as const
type StepId = (typeof STEPS)[number]

const GUARDED: readonly StepId[] = ['users', 'ssh', 'firewall']
// The quick part goes up to Docker: what it installs would take its whole time.
const QUICK_END: StepId = 'docker'
const UNDONE = 'what an interrupted run left unproven is undone'
const REVERT = '/var/lib/groundwork/guard/revert'

/** Moments at which a random test once found a fault; tried for ever. */
const found: readonly { readonly step: StepId; readonly milliseconds: number; readonly was: string }[] = []

describe('a run that is killed is finished by the next', () => {
  let box: Sandbox
  let disk: Snapshots
  const random = chance('killed')

  const run = (moment: Moment): Promise<Watched> => runUntil(box.inventory, box.state, moment)
  const digest = async () => readDigest(await box.sh('bee', digestText)).shape.map(madeAnew)

  /** Runs up to a step's border, or to the end, and must get there. */
  const reach = async (border: StepId | undefined): Promise<Watched> => {
    const watched = await run(border ? borderOf(border) : never)
    const faults = watched.events.filter(({ event }) => event === 'fault')
    expect({ exit: watched.exit, faults, err: watched.err }).toEqual({
      exit: border ? undefined : 0,
      faults: [],
      err: '',
    })
    return watched
  }

  const mustBe = async (wanted: readonly string[], what: string) =>
    expect(differences(wanted, await digest()), what).toEqual([])

  beforeAll(async () => {
    box = sandbox('killed', inventory)
    await cp(join(import.meta.dirname, '../stacks/fixture'), join(box.state, 'fixture'), { recursive: true })
    disk = snapshots(box, 'killed', 'bee')
    await box.upTo('ready')
    await disk.take('bare')
  })
  afterAll(() => box.down())

  test('at seeded moments of one first run, one after the other', async () => {
    const end = part(QUICK_END, undefined)
    const steps = STEPS.slice(0, end ? STEPS.indexOf(end) : undefined)
    const one = Math.floor(random() * GUARDED.length)
    const armed = part(GUARDED.slice(one, one + 1), GUARDED)
    const moments = pick(
      steps.flatMap((step) => [
        ...(armed.includes(step) ? [{ name: `${step}, guard armed`, moment: guardOf(step), always: true }] : []),
        { name: `${step}, border`, moment: borderOf(step) },
        { name: `${step}, first fix`, moment: inside(step, 0) },
        ...[1, 2].map(() => {
          const milliseconds = Math.round(random() * 1500)
          return { name: `${step}, fix + ${milliseconds} ms`, moment: inside(step, milliseconds) }
        }),
      ]),
      part(7, 24),
      random,
    )
    await disk.restore('bare')
    await reach(end)
    const wanted = await digest()
    await disk.restore('bare')
    let undone = false
    for (const { name, moment } of moments) {
      const watched = await run(moment)
      console.log(`killed at ${name}: after ${watched.seconds.toFixed(1)} s, exit ${watched.exit}`)
      expect(faultsOf(watched), name).toEqual([])
      if (undone) expect(notesOf(watched)).toContain(UNDONE)
      undone = name.endsWith('armed')
      if (undone) expect(existsSync(disk.inside(REVERT)), name).toBe(true)
    }
    const last = await reach(end)
    if (undone) expect(notesOf(last)).toContain(UNDONE)
    await mustBe(wanted, moments.map(({ name }) => name).join(' → '))
  })

  wholeTest('inside every step, from a snapshot of the host before it', { timeout: 3_600_000 }, async () => {
    await disk.restore('bare')
    await reach(STEPS[0])
    await disk.take(STEPS[0])
    let cases = 0
    const wrong: unknown[] = []
    for (const [index, step] of STEPS.entries()) {
      const next = STEPS[index + 1]
      await disk.restore(step)
      const reference = await reach(next)
      const wanted = await digest()
      if (next) await disk.take(next)
      const kept = found.filter((one) => one.step === step).map(({ milliseconds }) => milliseconds)
      for (const milliseconds of [0, Math.round(random() * millisecondsOf(reference, step)), ...kept]) {
        await disk.restore(step)
        const killed = await run(inside(step, milliseconds))
        expect(faultsOf(killed), step).toEqual([])
        await reach(next)
        const differs = differences(wanted, await digest())
        if (differs.length) wrong.push({ step, milliseconds, differs })
        cases++
        console.log(`${step}, fix + ${milliseconds} ms: ${differs.length ? differs.join('\n') : 'same digest'}`)
      }
      await disk.forget(step)
    }
    console.log(`${cases - wrong.length} of ${cases} cases inside fixes, ${STEPS.length} borders`)
    expect(wrong).toEqual([])
  })

  wholeTest.each([...GUARDED])('with the guard of %s armed: the next run undoes it, and goes on', async (step) => {
    const next = STEPS[STEPS.indexOf(step) + 1]
    await disk.restore('bare')
    await reach(step)
    await disk.take('guarded')
    await reach(next)
    const wanted = await digest()
    await disk.restore('guarded')
    await killedWhileArmed(step)
    const finishing = await reach(next)
    expect(notesOf(finishing)).toContain(UNDONE)
    await mustBe(wanted, `${step}, guard armed`)
  })

  wholeTest.each([...GUARDED])(
    'with the guard of %s armed, and nobody comes: the host undoes it itself',
    async (step) => {
      await disk.restore('bare')
      await reach(step)
      const wanted = await digest()
      await killedWhileArmed(step)
      const started = performance.now()
      while (existsSync(disk.inside(REVERT)) && performance.now() - started < 90_000) await later(500)
      console.log(`${step}: undone by the host after ${((performance.now() - started) / 1000).toFixed(0)} s`)
      expect(existsSync(disk.inside(REVERT))).toBe(false)
      // Left until the next run or boot: the undoing's own unit and record, and a target that systemd keeps once it was wanted.
      const left = differences(wanted, await digest()).filter(
        (line) => !/groundwork-revert|groundwork\/(reverted|made)|network-pre\.target/.test(line),
      )
      expect(left).toEqual([])
    },
  )

  const guardOf =
    (step: StepId): Moment =>
    (event) =>
      event.event === 'change' && event.step === step && event.state === 'applying'
        ? untilArmed(disk.inside(REVERT), random)
        : false

  async function killedWhileArmed(step: StepId): Promise<void> {
    const watched = await run(guardOf(step))
    expect(watched.exit).toBeUndefined()
    expect(existsSync(disk.inside(REVERT))).toBe(true)
  }

  wholeTest('at 30 random instants of whole first runs', { timeout: 7_200_000 }, async () => {
    await disk.restore('bare')
    const whole = await reach(undefined)
    const wanted = await digest()
    const wrong: unknown[] = []
    for (let number = 1; number <= 30; number++) {
      const milliseconds = Math.round(random() * whole.seconds * 1000)
      await disk.restore('bare')
      const killed = await run((event) => (event.event === 'run' ? milliseconds : false))
      expect(faultsOf(killed), `${milliseconds} ms`).toEqual([])
      await reach(undefined)
      const differs = differences(wanted, await digest())
      if (differs.length) wrong.push({ milliseconds, differs })
      const outcome = differs.length ? differs.join('\n') : 'same digest'
      console.log(`${number} of 30: killed after ${milliseconds} ms in ${lastStep(killed)}: ${outcome}`)
    }
    expect(wrong).toEqual([])
  })
})

// Each first run builds images and starts a swarm of its own: of what is recorded of them, the ids are another every time.
const madeAnew = (line: string): string =>
  line.replace(/^content \S+ {2}(?=\/var\/lib\/groundwork\/(swarm|images\/\S+)$)/, 'content made anew  ')

const faultsOf = ({ events }: Watched) => events.filter(({ event }) => event === 'fault')

const notesOf = ({ events }: Watched): readonly string[] =>
  events.flatMap((event) => (event.event === 'note' ? [event.text] : []))

const millisecondsOf = ({ events }: Watched, step: StepId): number =>
  1000 * events.reduce((sum, event) => (event.event === 'step' && event.step === step ? sum + event.seconds : sum), 0)

const lastStep = ({ events }: Watched): string =>
  events.reduce(
    (last, event) => (event.event === 'step' && event.state === 'running' ? event.step : last),
    'the beginning',
  )

/** So many of a list, by chance and those that always are, in the list's order. */
function pick<One extends { readonly always?: boolean }>(
  all: readonly One[],
  count: number,
  random: () => number,
): readonly One[] {
  const drawn = all
    .map((one) => ({ one, place: one.always ? 0 : random() }))
    .sort((one, other) => one.place - other.place)
  const chosen = new Set(drawn.slice(0, count).map(({ one }) => one))
  return all.filter((one) => chosen.has(one))
}

/** Once the host's own undoing is armed, and a little later: before, in or behind the change. */
async function untilArmed(path: string, random: () => number): Promise<void> {
  for (let tries = 0; tries < 30_000 && !existsSync(path); tries++) await later(2)
  await later(random() * 300)
}
