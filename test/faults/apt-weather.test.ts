import pLimit from 'p-limit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Mirror, startMirror } from '../lab/apt/mirror.ts'
import { type SigningKey, signingKey } from '../lab/apt/signing-key.ts'
import { type Place, place } from './apt/place.ts'
import type { Weather } from './apt/weather.ts'
import { weathersOfDocker } from './apt/weathers-of-docker.ts'
import { weathersOfDpkg } from './apt/weathers-of-dpkg.ts'
import { weathersOfMirrors } from './apt/weathers-of-mirrors.ts'
import { weathersOfNames } from './apt/weathers-of-names.ts'
import { weathersOfRoom } from './apt/weathers-of-room.ts'
import { part } from './chance.ts'

const all = [...weathersOfDocker, ...weathersOfDpkg, ...weathersOfMirrors, ...weathersOfRoom, ...weathersOfNames]
const weathers = part(
  all.filter(({ quick }) => quick),
  all,
)

const PLACES = 2
const places: Place[] = []
const onePlaceEach = pLimit(PLACES)
let mirror: Mirror
let key: SigningKey
let right = 0
let longest = 0

beforeAll(async () => {
  mirror = await startMirror()
  key = signingKey('weather')
  const made = await Promise.allSettled(
    Array.from({ length: PLACES }, (_, index) => place(`apt-weather-${index + 1}`, mirror, key)),
  )
  for (const one of made) if (one.status === 'fulfilled') places.push(one.value)
  for (const one of made) if (one.status === 'rejected') throw one.reason
})

afterAll(async () => {
  console.log(`apt weather: ${right} of ${weathers.length}, longest ${longest.toFixed(0)} s`)
  await Promise.all(places.map(({ down }) => down()))
  await mirror.close()
  key.remove()
})

test.concurrent.each(weathers.map((one) => [one.name, one] as const))(
  '%s',
  { timeout: 600_000 },
  async (_, weather) => {
    await onePlaceEach(async () => {
      const there = places.pop()
      if (!there) throw new Error('no place is free')
      try {
        await go(there, weather)
        right += 1
      } finally {
        places.push(there)
      }
    })
  },
)

async function go(there: Place, weather: Weather): Promise<void> {
  const { wanted = [], docker, only = ['base'], make, outcome, seconds, says, mend, holds = 'true' } = weather
  await there.clear()
  await make(there)
  const first = await run(there, weather, only)
  longest = Math.max(longest, first.seconds)
  expect(first.exit, first.out).toBe(outcome === 'works' ? 0 : 1)
  expect(first.seconds).toBeLessThan(seconds)
  for (const words of says) expect(first.out, first.out).toMatch(words)
  if (outcome === 'fails') {
    if (!/badpost/.test(wanted.join())) expect(await there.sh('dpkg --audit')).toBe('')
    await mend?.(there)
    const second = await run(there, weather, ['ready', ...only.filter((step) => step !== 'ready')])
    expect(second.exit, second.out).toBe(0)
  }
  const names = [...wanted, ...(docker ? ['docker.io', 'docker-cli'] : [])]
  if (only.includes('base') || docker)
    expect(await there.sh(`dpkg-query -W -f '\${db:Status-Status} ' ${names.join(' ')}`)).toBe(
      'installed '.repeat(names.length),
    )
  const last = await there.sh(`dpkg --audit; if ( ${holds} ); then echo right; fi`)
  expect(last, last).toBe('right\n')
}

/** The steps, one command each, up to the first that does not end well. */
async function run(there: Place, { wanted = [], docker }: Weather, steps: readonly string[]) {
  let out = ''
  let seconds = 0
  for (const step of steps) {
    const came = await there.run(wanted, docker, '--only', step, '--verbose')
    out += came.out + came.err
    seconds += came.seconds
    if (came.exit !== 0) return { exit: came.exit, out, seconds }
  }
  return { exit: 0, out, seconds }
}
