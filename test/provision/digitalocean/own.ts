import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { ANA } from '../../inventory/broken/base.ts'
import { type StandIn, startDigitalOcean } from '../../lab/digitalocean/server.ts'
import type { Trouble } from '../../lab/digitalocean/trouble.ts'
import { type Came, groundwork } from '../../lab/groundwork.ts'

/** One test's own stand-in and inventory: so tests of a file may run at the same time. */
export interface Own {
  readonly at: StandIn
  readonly folder: string
  /** What a run has in its environment besides the test's own. */
  readonly env: Readonly<Record<string, string>>
  /** Writes the inventory: one host, a droplet unless said, and what is said besides. */
  readonly write: (digitalocean?: string, access?: string, host?: string) => void
  /** The one command, as far as the cloud; what is secret must never be seen, on any screen or in any file that is left. */
  readonly run: (...words: readonly string[]) => Promise<Came>
  /** The same, which must end well. */
  readonly done: (...words: readonly string[]) => Promise<Came>
  /** What was asked for besides reading, in the last run. */
  readonly writes: () => readonly string[]
  /** What is told at the first calls that match. */
  readonly first: (times: number, call: string, trouble: Trouble) => void
}

const over: (() => void)[] = []
afterAll(() => {
  for (const end of over) end()
})

/** Starts one, which is over with its file. `routes` are those of the platform. */
export async function own(routes = '{ web: { port: 80 } }', env: Readonly<Record<string, string>> = {}): Promise<Own> {
  const at = await startDigitalOcean()
  const folder = mkdtempSync(join(tmpdir(), 'cloud-'))
  over.push(() => {
    at.close()
    rmSync(folder, { recursive: true })
  })
  cpSync('src/platforms/demo', join(folder, 'demo'), { recursive: true })
  const file = join(folder, 'demo', 'platform.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^routes:\n(?: .*\n)+/m, `routes: ${routes}\n`))
  const inventory = join(folder, 'mle.yaml')
  const all = { XDG_STATE_HOME: join(folder, 'state'), DIGITALOCEAN_API_URL: at.url, DO_TOKEN: at.token, ...env }
  const run = async (...words: readonly string[]) => {
    at.calls.length = 0
    const came = await groundwork(['--inventory', inventory, '--only', 'cloud', ...words], all)
    for (const text of [came.out, came.err, ...left(folder)])
      for (const secret of [at.token, ...at.secrets]) expect(text).not.toContain(secret)
    return came
  }
  return {
    at,
    folder,
    env: all,
    run,
    write: (digitalocean = '', access = ACCESS, host = HOST) =>
      writeFileSync(
        inventory,
        `organization: mle
platform: ./demo
contact: ops@example.org
operators:
  - { name: ana, keys: [${ANA}] }
hosts:
  - ${host}
${access}digitalocean:
  token: { env: DO_TOKEN }
${digitalocean}`,
      ),
    done: async (...words) => {
      const came = await run(...words)
      expect(came.exit, came.out + came.err).toBe(0)
      return came
    },
    writes: () => at.calls.filter((call) => !call.startsWith('GET ') && !call.endsWith(' {}')),
    first: (times, call, trouble) => {
      let left = times
      at.trouble = (made) => (made === call && left-- > 0 ? trouble : undefined)
    },
  }
}

const ACCESS = 'access: { profile: public, domain: demo.example.org }\n'
const HOST = '{ name: mle-1, provider: digitalocean, region: nyc3, size: s-2vcpu-4gb, labels: { role: storage } }'

/** Every file but the one that keeps what the API tells once. */
const left = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && one.name !== 'spaces-keys')
    .map((one) => readFileSync(join(one.parentPath, one.name), 'utf8'))
