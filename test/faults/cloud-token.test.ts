import { describe, expect, vi } from 'vitest'
import { WITH_STORAGE } from '../lab/digitalocean/inventory.ts'
import { type CloudLab, cloudTest } from '../lab/digitalocean/lab.ts'
import { chance, drawn, part } from './chance.ts'

// Each has an account of its own, and most of its time is waiting.
vi.setConfig({ testTimeout: 600_000, maxConcurrency: 10 })

/** More calls than a first run has, of one host with a volume and an address and of two operators. */
const CALLS = 80

const each = Array.from({ length: CALLS }, (_, index) => index)
const draw = chance('cloud token')

describe.concurrent('a token that expires in a first run', () => {
  cloudTest.for(part(drawn(each.slice(0, 60), 4, draw), each))('after %i calls', async (calls, { lab }) => {
    lab.write(1, WITH_STORAGE)
    lab.at.expiresAfter = calls
    await toldAndSurvived(lab)
  })

  cloudTest('as it reads back what it has made', async ({ lab }) => {
    lab.write(1, WITH_STORAGE)
    // The second look after the last change is the engine's own.
    let looks = 0
    lab.at.trouble = (call, nth) => {
      const isMade = lab.droplets()[0]?.tags.length === 3
      if (call === 'GET /v2/reserved_ips' && isMade && ++looks === 2) lab.at.expiresAfter = nth - 1
      return undefined
    }
    await toldAndSurvived(lab)
    expect(looks).toBeGreaterThan(1)
  })

  cloudTest('has fewer calls than are tried', async ({ lab }) => {
    lab.write(1, WITH_STORAGE)
    await lab.run()
    expect(lab.at.calls.length).toBeLessThan(CALLS)
  })
})

async function toldAndSurvived(lab: CloudLab): Promise<void> {
  const came = await lab.run()
  const said = came.out + came.err
  const wasInTime = lab.at.calls.length <= lab.at.expiresAfter
  expect(came.exit, said).toBe(wasInTime ? 0 : 1)
  // What, where, because of which call, and what to type.
  for (const words of wasInTime ? [] : TOLD) expect(said).toMatch(words)
  Object.assign(lab.at, { expiresAfter: Number.POSITIVE_INFINITY, trouble: () => undefined })
  const then = await lab.run()
  expect(then.exit, then.out + then.err).toBe(0)
  lab.mustBeExact()
}

const TOLD = [
  /DigitalOcean does not know the token/,
  /digitalocean\.token/,
  /(GET|POST|PUT) \/v2\/\S+: status 401/,
  /make another: https:\/\/cloud\.digitalocean\.com\/account\/api\/tokens/,
  /export DO_TOKEN=…/,
  /goes on where this stopped/,
]
