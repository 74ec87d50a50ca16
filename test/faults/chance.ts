import { test } from 'vitest'

/**
 * How much of the fault suite is run, and by which chance. `npm test` runs the quick part, `npm run test:faults` the whole.
 * The seed is printed; `FAULTS_SEED=n` runs the same again.
 */
const seed = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 2 ** 31))

const isWhole = process.env.FAULTS === 'whole'

/** A count or a list for the part that is run. */
export const part = <T>(quick: T, whole: T): T => (isWhole ? whole : quick)

// A test that is not run is not there: what is skipped looks like something that somebody forgot.
const nothing = Object.assign(() => undefined, { each: () => () => undefined })

/** `test` of the whole suite; in the quick part it defines nothing. */
export const wholeTest = (isWhole ? test : nothing) as typeof test

/** Numbers from 0 to 1 that the seed and this name determine (mulberry32), whatever other tests draw. */
export function chance(name: string): () => number {
  console.log(`${name}: FAULTS_SEED=${seed}`)
  let state = [...name].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, seed)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** So many of a list, in the list's order. */
export const drawn = <T>(list: readonly T[], count: number, random: () => number): readonly T[] => {
  const places = list.map((_, index) => ({ index, place: random() })).sort((one, other) => one.place - other.place)
  const chosen = new Set(places.slice(0, count).map(({ index }) => index))
  return list.filter((_, index) => chosen.has(index))
}
