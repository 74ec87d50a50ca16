import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Fault } from '../../src/engine/fault.ts'
import { mustFit } from '../../src/stacks/fit.ts'
import { readPlatform } from '../../src/stacks/platform.ts'
import { publishedPorts } from '../../src/stacks/published.ts'
import { renderLayer } from '../../src/stacks/render.ts'
import { org } from '../stacks/org.ts'
import { chance, part } from './chance.ts'
import { mutated, oneOf } from './mutations.ts'

const fixture = join(import.meta.dirname, '..', 'stacks', 'fixture')
const demo = join(import.meta.dirname, '..', '..', 'src', 'platforms', 'demo')
const platforms = [
  { from: fixture, files: ['platform', 'below', 'above'] },
  { from: demo, files: ['platform', 'infrastructure', 'data', 'apps'] },
]
const TIMES = part(300, 10_000)

const root = mkdtempSync(join(tmpdir(), 'platforms-'))
afterAll(() => rmSync(root, { recursive: true }))

/** A platform with one file of it changed, in a folder of its own. */
function broken(name: string, random: () => number): string {
  const { from, files } = oneOf(platforms, random)
  const folder = join(root, name)
  mkdirSync(folder)
  for (const kept of ['config', 'images']) symlinkSync(join(from, kept), join(folder, kept))
  const chosen = oneOf(files, random)
  for (const file of files) {
    const text = readFileSync(join(from, `${file}.yaml`), 'utf8')
    writeFileSync(join(folder, `${file}.yaml`), file === chosen ? mutated([text], random) : text)
  }
  return folder
}

/** Reads it, and makes of it what a plan needs before anything is connected. */
function used(folder: string): 'valid' | 'faults' {
  try {
    const platform = readPlatform(folder)
    mustFit(platform, org())
    for (const layer of platform.layers) renderLayer(platform, layer, { org: org(), host: org().hosts[0] as never })
    for (const host of org().hosts) publishedPorts(platform, host)
    return 'valid'
  } catch (error) {
    if (error instanceof Fault && error.exit === 64) return 'faults'
    throw error
  }
}

test(`a platform, whatever became of it, is read or told, ${TIMES} times, in less than a second each`, () => {
  const random = chance('a platform')
  const results = { valid: 0, faults: 0 }
  for (let index = 0; index < TIMES; index++) {
    const folder = broken(String(index), random)
    const before = process.cpuUsage()
    try {
      results[used(folder)]++
    } catch (error) {
      throw new Error(`platform ${index}`, { cause: error })
    }
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1e6, 'seconds').toBeLessThan(1)
    rmSync(folder, { recursive: true })
  }
  console.log('a platform', results)
  expect(results.valid).toBeGreaterThan(TIMES / 50)
  expect(results.faults).toBeGreaterThan(TIMES / 10)
})
