import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { VERSION } from '../../src/inventory/version.ts'
import type { Tool, Way } from './tool.ts'

/** Folder of the checkout into which the benchmark's entry is bundled, so that a build meanwhile does not take it away. */
export const BUILT = 'dist-bench'

/** groundwork, by its built entry. */
export const groundwork: Tool = tool('groundwork', [process.execPath, resolve(BUILT, 'bench.mjs')], [])

/** groundwork, as a person types it. */
export const groundworkByNpx: Tool = tool(
  'groundwork, npx tsx',
  ['npx', 'tsx', resolve('bench/peers/bootstrap.ts')],
  ['the same by `npx tsx`, which takes its own time before the first line is run'],
)

function tool(name: string, program: readonly [string, ...string[]], settings: readonly string[]): Tool {
  return {
    name,
    version: VERSION,
    cheap: true,
    settings,
    prepare: (directory, wish, way) => {
      const inventory = join(directory, 'bench.yaml')
      mkdirSync(directory, { recursive: true })
      writeFileSync(inventory, stringify(inventoryOf(way)))
      const resources = wish.files.length + wish.users.length + wish.units.length + 2
      return {
        argv: [...program, '--inventory', inventory],
        // npx looks for tsx from here.
        cwd: process.cwd(),
        env: { BENCH_RESOURCES: String(resources), XDG_STATE_HOME: join(directory, 'state') },
        inSync: (output) => / in sync · /.test(output) && !/changed/.test(output),
      }
    },
  }
}

const inventoryOf = ({ addresses, port, identity, hostKey }: Way) => ({
  organization: 'bench',
  contact: 'ops@example.org',
  platform: 'demo',
  operators: [{ name: 'ana', keys: [hostKey.line] }],
  ssh: { port },
  hosts: addresses.map((address, index) => ({
    name: `host-${index + 1}`,
    provider: 'existing',
    role: index ? 'worker' : 'manager',
    ...(index ? {} : { labels: { role: 'storage' } }),
    address,
    port,
    hostKey: hostKey.fingerprint,
    identity,
  })),
})
