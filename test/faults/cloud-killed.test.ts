import { setTimeout as later } from 'node:timers/promises'
import { describe, expect, vi } from 'vitest'
import { type CloudLab, cloudLab, cloudTest } from '../lab/digitalocean/lab.ts'
import { chance, part } from './chance.ts'

// Each has an account of its own, and most of its time is waiting.
vi.setConfig({ testTimeout: 600_000, maxConcurrency: 10 })

type Held = 'carried out' | 'never' | 'late'

/** The calls of a first run that change something: one host, two operators. */
const WRITES = ['POST /v2/account/keys', 'POST /v2/tags', 'POST /v2/firewalls', 'POST /v2/droplets'] as const

describe.concurrent('a first run that is killed at a call: the next one ends with exactly what is wanted', () => {
  const quick: readonly (readonly [call: string, held: Held])[] = [
    // A call that nobody has taken, or takes when the next run has begun: that one waits until it would be shown.
    ['POST /v2/droplets', 'never'],
    ['POST /v2/droplets', 'late'],
    ['POST /v2/droplets', 'carried out'],
    ...WRITES.slice(0, 3).map((call) => [call, 'carried out'] as const),
    ...WRITES.slice(1, 3).map((call) => [call, 'never'] as const),
  ]
  cloudTest.for(part(quick, []))('%s, which is %s', async ([call, held], { lab }) => {
    await killedAt(lab, (made) => made === call, held)
  })

  const calls = Array.from({ length: part(0, 30) }, (_, index) => index + 1)
  const whole = calls.flatMap((nth) => (['never', 'carried out', 'late'] as const).map((held) => [nth, held] as const))
  cloudTest.for(whole)('call %i of it, which is %s', async ([nth, held], { lab }) => {
    await killedAt(lab, (_, number) => number === nth, held)
  })

  const draw = chance('cloud killed')
  const instants = Array.from({ length: part(0, 50) }, () => draw())
  cloudTest.for(instants)('at %f of its time', async (instant, { lab }) => {
    const { seconds } = await timed()
    prepare(lab)
    const { kill, ended, called } = started(lab)
    await called
    await Promise.race([ended, later(instant * seconds * 1000)])
    kill()
    await ended
    await mustEnd(lab)
  })
})

// How long a first run takes, from its first call to its end: as busy as this machine is.
let taken: Promise<{ readonly seconds: number }> | undefined
const timed = () => {
  taken ??= (async () => {
    const { lab, close } = await cloudLab('timed')
    prepare(lab)
    const { ended, called } = started(lab)
    await called
    const begun = performance.now()
    expect(await ended).toBe(0)
    close()
    return { seconds: (performance.now() - begun) / 1000 }
  })()
  return taken
}

function started(lab: CloudLab) {
  let first = () => {}
  const called = new Promise<void>((done) => {
    first = done
  })
  lab.at.trouble = () => {
    first()
    return undefined
  }
  const { kill, ended } = lab.start()
  return { kill, ended, called: Promise.race([called, ended]) }
}

function prepare({ write, at }: CloudLab): void {
  write(1)
  at.account.lag = { listSeconds: 3, getSeconds: 1 }
}

async function killedAt(lab: CloudLab, isIt: (call: string, nth: number) => boolean, held: Held): Promise<void> {
  prepare(lab)
  let seen = () => {}
  const reached = new Promise<void>((done) => {
    seen = done
  })
  let armed = true
  lab.at.trouble = (call, nth) => {
    if (!armed || !isIt(call, nth)) return undefined
    armed = false
    return { held, seen }
  }
  const { kill, ended } = lab.start()
  // A run that has fewer calls ends.
  await Promise.race([reached, ended])
  kill()
  await ended
  lab.at.trouble = () => undefined
  await mustEnd(lab)
}

async function mustEnd(lab: CloudLab): Promise<void> {
  const came = await lab.run()
  expect(came.exit, came.out + came.err).toBe(0)
  lab.mustBeExact()
}
