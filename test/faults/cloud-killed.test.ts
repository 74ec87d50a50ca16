import { setTimeout as later } from 'node:timers/promises'
import { describe, expect, vi } from 'vitest'
import { WITH_STORAGE } from '../lab/digitalocean/inventory.ts'
import { type CloudLab, cloudLab, cloudTest } from '../lab/digitalocean/lab.ts'
import { chance, part } from './chance.ts'

// Each has an account of its own, and most of its time is waiting.
vi.setConfig({ testTimeout: 600_000, maxConcurrency: 10 })

type Held = 'carried out' | 'never' | 'late'

/** The calls of a first run that change something: one host with a volume and an address, two operators. */
const WRITES = [
  'POST /v2/account/keys',
  'POST /v2/tags',
  'POST /v2/firewalls',
  'POST /v2/droplets',
  'POST /v2/volumes',
  'POST /v2/volumes/ID/actions',
  'POST /v2/reserved_ips',
  'POST /v2/tags/TAG/resources',
] as const
const isCall = (wanted: string, call: string): boolean =>
  call.replace(/(volumes|tags)\/[^/]+\//, (_, kind) => `${kind}/${kind === 'tags' ? 'TAG' : 'ID'}/`) === wanted

/** More than a first run has: of calls, and of those that change something. */
const CALLS = 90
const CHANGES = 14

describe.concurrent('a first run that is killed at a call: the next one ends with exactly what is wanted', () => {
  const quick: readonly (readonly [call: string, held: Held])[] = [
    // A call that nobody has taken, or takes when the next run has begun: that one waits until it would be shown.
    ['POST /v2/droplets', 'never'],
    ['POST /v2/droplets', 'late'],
    ['POST /v2/droplets', 'carried out'],
    ...WRITES.slice(0, 3).map((call) => [call, 'carried out'] as const),
    ...WRITES.slice(1, 3).map((call) => [call, 'never'] as const),
    ...WRITES.slice(4).map((call) => [call, 'carried out'] as const),
    // Held by their own account: a second one must not be made beside it.
    ['POST /v2/volumes', 'late'],
    ['POST /v2/reserved_ips', 'late'],
  ]
  cloudTest.for(part(quick, []))('%s, which is %s', async ([call, held], { lab }) => {
    await killedAt(lab, (made) => isCall(call, made), held)
  })

  const first = (length: number) => Array.from({ length }, (_, index) => index + 1)
  cloudTest.for(first(part(0, CALLS)))('call %i of it, which is never taken', async (nth, { lab }) => {
    await killedAt(lab, (_, number) => number === nth, 'never')
  })

  const changes = first(part(0, CHANGES)).flatMap((nth) =>
    (['never', 'carried out', 'late'] as const).map((held) => [nth, held] as const),
  )
  cloudTest.for(changes)('change %i of it, which is %s', async ([nth, held], { lab }) => {
    let seen = 0
    const isChange = (call: string) => !call.startsWith('GET ') && !call.endsWith(' {}')
    await killedAt(lab, (call) => isChange(call) && ++seen === nth, held)
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
  write(1, WITH_STORAGE)
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
