import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { differences, digestText, readDigest } from '../lab/digest.ts'
import { groundwork } from '../lab/groundwork.ts'
import type { Direction, Ending, Weather } from '../lab/proxy.ts'
import { chance, part, wholeTest } from './chance.ts'
import { type SmallHost, smallHost } from './small-host.ts'
import { started } from './started.ts'

interface Cut {
  readonly direction: Direction
  /** Where in the run's bytes of this direction, from 0 to 1. */
  readonly at: number
  readonly how: Ending | 'flip'
}

// What random cuts once found, kept for ever; the seed of the day makes the others.
const found: readonly (Cut & { readonly because: string })[] = [
  {
    direction: 'down',
    at: 0.1329,
    how: 'silent',
    because: 'in the handshake: its deadline was 20 s, and noticed in 20.02',
  },
]
const HOWS = ['end', 'reset', 'flip', 'silent', 'deaf'] as const
const HOSTS = part(2, 3)
const NOTICED_SECONDS = 20

const drift = 'rm -f /var/lib/groundwork/organization; chmod 755 /var/lib/groundwork/key'
const state = `cat /var/lib/groundwork/organization 2>/dev/null; stat -c %a /var/lib/groundwork/key`

describe('a run that is cut off', () => {
  const smalls: SmallHost[] = []
  const undisturbed = new Map<SmallHost, readonly string[]>()
  let whole = { up: 0, down: 0 }

  beforeAll(async () => {
    const names = Array.from({ length: HOSTS }, (_, index) => `cut-${index + 1}`)
    smalls.push(...(await Promise.all(names.map((name) => smallHost(name)))))
  })
  afterAll(async () => {
    for (const small of smalls) await small.down()
  })

  const words = (inventory: string, ...more: string[]) => [
    '--json',
    '--only',
    'ownership',
    '--inventory',
    inventory,
    ...more,
  ]
  const shape = async (small: SmallHost) => readDigest(await small.sh(digestText)).shape

  test('an undisturbed one says how many bytes there are', async () => {
    for (const small of smalls) {
      await small.sh(drift)
      const way = await small.way()
      const { exit, out } = await groundwork(words(way.inventory), { XDG_STATE_HOME: small.box.state })
      expect(exit, out).toBe(0)
      whole = way.passed()
      undisturbed.set(small, await shape(small))
    }
    console.log(`a whole run: ${whole.up} bytes up, ${whole.down} down`)
    expect(whole.up).toBeGreaterThan(5000)
  })

  wholeTest.each<[string, Weather]>([
    ['64 kbit/s', { bytesPerSecond: 8000 }],
    ['late pieces', { stalls: { share: 0.05, ms: 500, chance: chance('late pieces') } }],
    ['half a second there and back', { roundTripMs: 500 }],
  ])('a bad line only takes longer: %s', async (_name, weather) => {
    for (const small of smalls.slice(0, 1)) {
      await small.sh(drift)
      const way = await small.way(weather)
      const { exit, out } = await groundwork(words(way.inventory), { XDG_STATE_HOME: small.box.state })
      expect(exit, out).toBe(0)
      expect(differences(undisturbed.get(small) ?? [], await shape(small))).toEqual([])
    }
  })

  const draw = chance('cuts')
  const drawn: readonly Cut[] = Array.from({ length: part(4, 50) }, (_, index) => ({
    direction: draw() < 0.5 ? 'up' : 'down',
    at: draw(),
    how: HOWS[index % HOWS.length] ?? 'end',
  }))

  test(`${drawn.length} cuts at random bytes: noticed in ${NOTICED_SECONDS} s, nothing claimed that is not so, and the next run finishes`, async () => {
    const cuts = [...found, ...drawn]
    const wrong: string[] = []
    await Promise.all(
      smalls.map(async (small) => {
        for (let cut = cuts.shift(); cut; cut = cuts.shift()) wrong.push(...(await tried(small, cut)))
      }),
    )
    expect(wrong).toEqual([])
  })

  /** @returns what was not as it should be */
  async function tried(small: SmallHost, cut: Cut): Promise<readonly string[]> {
    await small.sh(drift)
    const way = await small.way(weatherOf(cut, Math.floor(cut.at * whole[cut.direction])))
    const run = started(words(way.inventory), small.box.state)
    const late = setTimeout(() => run.child.kill('SIGKILL'), 120_000)
    const { exit, out, at } = await run.ended
    clearTimeout(late)
    const [organization, mode] = (await small.sh(`(${state}) | tail -n 2`)).trim().split('\n').slice(-2)
    const isSo = mode === '600' && organization !== undefined && organization !== '600'
    const cutAt = way.cutAt()
    await way.close()
    const next = await groundwork(words(small.box.inventory, '--wait'), { XDG_STATE_HOME: small.box.state })
    const noticed = cutAt === undefined ? undefined : (at - cutAt) / 1000
    const problems = [
      ...(exit === 0 && !isSo ? ['it said done, and it was not'] : []),
      ...(exit !== 0 && exit !== 1 ? [`exit ${exit}`] : []),
      ...(/bug in groundwork|^ +at /m.test(out) ? ['it printed a stack'] : []),
      ...(exit === 1 && !out.includes('"event":"fault"') ? ['no fault was told'] : []),
      ...(out.includes('"state":"applied"') && !isSo ? ['it counted a change that is not so'] : []),
      ...(noticed !== undefined && noticed > NOTICED_SECONDS ? [`noticed after ${noticed} s`] : []),
      ...(next.exit === 0 ? [] : [`the next run ended with ${next.exit}: ${next.out}`]),
      ...differences(undisturbed.get(small) ?? [], await shape(small)),
    ]
    const name = `${cut.direction} ${cut.at.toFixed(4)} ${cut.how}`
    const fault = /"event":"fault".*?"what":"([^"]*)".*?"because":"([^"]*)"/.exec(out)
    console.log(
      `${name}: exit ${exit}, noticed after ${noticed?.toFixed(1) ?? '(not cut)'} s: ${fault?.slice(1).join(' ')}`,
    )
    if (problems.length) console.log(out.replace(/^.*"waiting".*\n/gm, ''))
    return problems.map((problem) => `${name}: ${problem}`)
  }
})

const weatherOf = ({ direction, how }: Cut, after: number): Weather =>
  how === 'flip' ? { flip: { direction, at: after } } : { cut: { direction, after, how } }
