import { expect, test } from 'vitest'
import { apply } from '../../src/engine/apply.ts'
import { Fault } from '../../src/engine/fault.ts'
import type { Host } from '../../src/inventory/org.ts'

/** What comes of a fix that runs here and throws this; `stops`: because the run is stopped with it. */
const thrownBy = (error: Error, { stops = false } = {}): Promise<unknown> => {
  const stop = new AbortController()
  const fix = async () => {
    if (stops) stop.abort(error)
    throw error
  }
  const tools = {
    remotes: () => undefined,
    run: 'test',
    begins: () => undefined,
    line: () => undefined,
    signal: stop.signal,
  }
  const works = [{ resource: 'droplet bee', fix }]
  return apply({ name: 'bee' } as Host, { id: 'cloud' }, works, tools).catch((thrown: unknown) => thrown)
}

test('a fault of a fix that runs here is told at its resource, in the words of a plan', async () => {
  const parts = { because: 'POST /x: 422', try: 'look', exit: 75, kind: 'busy' } as const
  const thrown = await thrownBy(new Fault('It refused.', parts))
  expect(thrown).toMatchObject({ message: 'It refused.', at: 'bee › cloud › droplet bee', ...parts })
})

test('one that knows its place keeps it, and what stopped the run has none', async () => {
  const placed = new Fault('No token.', { at: 'digitalocean.token' })
  expect(await thrownBy(placed)).toBe(placed)
  const stopped = new Fault('Ana broke the lock.', { exit: 75 })
  expect(await thrownBy(stopped, { stops: true })).toBe(stopped)
  const bug = new TypeError('of ours')
  expect(await thrownBy(bug)).toBe(bug)
})
