import { describe, expect, vi } from 'vitest'
import { WITH_STORAGE } from '../lab/digitalocean/inventory.ts'
import { cloudTest } from '../lab/digitalocean/lab.ts'
import { chance, drawn, part } from './chance.ts'

// Each has an account of its own, and most of its time is waiting.
vi.setConfig({ testTimeout: 600_000, maxConcurrency: 10 })

/** As many calls as a first run has, of one host with a volume and an address and of two operators; a few more, where it waits longer. */
const CALLS = 80

const each = Array.from({ length: CALLS }, (_, index) => index)
const draw = chance('cloud token')

describe.concurrent('a token that expires in a first run', () => {
  cloudTest.for(part(drawn(each.slice(0, 60), 5, draw), each))('after %i calls', async (calls, { lab }) => {
    lab.write(1, WITH_STORAGE)
    lab.at.expiresAfter = calls
    const came = await lab.run()
    const said = came.out + came.err
    const wasInTime = lab.at.calls.length <= calls
    expect(came.exit, said).toBe(wasInTime ? 0 : 1)
    if (!wasInTime) {
      // What, where, because of which call, and what to type.
      for (const words of [
        'DigitalOcean does not know the token',
        'digitalocean.token',
        'status 401',
        'make another: https://cloud.digitalocean.com/account/api/tokens',
        'export DO_TOKEN=…',
        'goes on where this stopped',
      ])
        expect(said).toContain(words)
      expect(said).toMatch(/(GET|POST|PUT) \/v2\/\S+: status 401/)
    }
    lab.at.expiresAfter = Number.POSITIVE_INFINITY
    const then = await lab.run()
    expect(then.exit, then.out + then.err).toBe(0)
    lab.mustBeExact()
  })

  cloudTest('has fewer calls than are tried', async ({ lab }) => {
    lab.write(1, WITH_STORAGE)
    await lab.run()
    expect(lab.at.calls.length).toBeLessThan(CALLS)
  })
})
