import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ANA, BEN } from '../../inventory/broken/base.ts'
import { type Came, groundwork } from '../groundwork.ts'
import type { Droplet } from './droplets.ts'
import { type StandIn, startDigitalOcean } from './server.ts'
import type { Trouble } from './trouble.ts'

/** An account, an inventory and a state directory of one test alone: many of them go at the same time. */
export interface CloudLab {
  readonly at: StandIn
  readonly folder: string
  readonly inventory: string
  /** What a run has besides the test's own variables. */
  readonly env: Readonly<Record<string, string>>
  /** Writes the inventory: so many hosts, each with this, and who may reach SSH. */
  readonly write: (count?: number, more?: string, sshFrom?: string) => void
  /** The one command, as far as the cloud; the token must never be seen, on any screen or in any file that is left. */
  readonly run: (...words: readonly string[]) => Promise<Came>
  /** The same, to be killed with its process group. `ended` tells its exit status; null: it was killed. */
  readonly start: () => { readonly kill: () => void; readonly ended: Promise<number | null> }
  /** Everything that the inventory wants is there once, with nothing besides. */
  readonly mustBeExact: () => void
  /** The text of every file that is left. */
  readonly left: () => readonly string[]
  /** Calls that could change something: not those that only ask whether the token may. */
  readonly writes: () => readonly string[]
  readonly droplets: () => readonly Droplet[]
  /** What is told at the first calls that match. */
  readonly first: (times: number, call: string, trouble: Trouble) => void
}

/** `test` with a lab of its own. */
export const cloudTest = test.extend<{ lab: CloudLab }>({
  lab: async ({ task }, use) => {
    const { lab, close } = await cloudLab(task.id)
    await use(lab)
    close()
  },
})

/** The same for work that several tests share. */
export async function cloudLab(name: string): Promise<{ readonly lab: CloudLab; readonly close: () => void }> {
  const at = await startDigitalOcean()
  const folder = mkdtempSync(join(tmpdir(), `cloud-${name}-`))
  const inventory = join(folder, 'mle.yaml')
  const env = { XDG_STATE_HOME: join(folder, 'state'), DIGITALOCEAN_API_URL: at.url, DO_TOKEN: at.token }
  const lab: CloudLab = {
    at,
    folder,
    inventory,
    env,
    write: (count, more, sshFrom) => writeFileSync(inventory, inventoryOf(count, more, sshFrom)),
    run: async (...words) => {
      at.calls.length = 0
      const came = await groundwork(['--inventory', inventory, '--only', 'cloud', ...words], {
        ...env,
        DO_TOKEN: at.token,
      })
      for (const text of [came.out, came.err, ...lab.left()]) expect(text).not.toContain(at.token)
      return came
    },
    start: () => {
      const words = ['bin/groundwork.mjs', '--inventory', inventory, '--only', 'cloud']
      const child = spawn(process.execPath, words, {
        env: { ...process.env, NO_COLOR: '1', ...env },
        stdio: 'ignore',
        detached: true,
      })
      const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
      const kill = () => {
        if (child.exitCode === null && child.signalCode === null && child.pid) process.kill(-child.pid, 'SIGKILL')
      }
      return { kill, ended }
    },
    mustBeExact: () => {
      const { account } = at
      const hosts = [...readFileSync(inventory, 'utf8').matchAll(/name: (mle-\d+)/g)].map(([, name]) => name)
      const tags = ['groundwork:mle', ...hosts.map((host) => `groundwork:mle:${host}`)]
      expect(lab.droplets().map(({ name, status, tags }) => ({ name, status, tags }))).toEqual(
        hosts.map((name) => ({ name, status: 'active', tags: ['groundwork:mle', `groundwork:mle:${name}`] })),
      )
      expect([...account.firewalls.values()].map(({ name }) => name)).toEqual(['groundwork-mle'])
      expect([...account.sshKeys.values()]).toHaveLength(2)
      expect([...account.tags].sort()).toEqual(tags.sort())
    },
    left: () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((one) => one.isFile())
        .map((one) => readFileSync(join(one.parentPath, one.name), 'utf8')),
    writes: () => at.calls.filter((call) => !call.startsWith('GET ') && !call.endsWith(' {}')),
    droplets: () => [...at.account.droplets.values()],
    first: (times, call, trouble) => {
      let left = times
      at.trouble = (made) => (made === call && left-- > 0 ? trouble : undefined)
    },
  }
  lab.write()
  const close = () => {
    at.close()
    rmSync(folder, { recursive: true })
  }
  return { lab, close }
}

const inventoryOf = (count = 2, more = 'size: s-2vcpu-4gb', sshFrom = '[]'): string =>
  `organization: mle
platform: demo
contact: ops@example.org
operators:
  - { name: ana, keys: [${ANA}] }
  - { name: ben, keys: [${BEN}] }
hosts:
${Array.from(
  { length: count },
  (_, index) =>
    `  - { name: mle-${index + 1}, provider: digitalocean, region: nyc3, ${more}, role: ${index ? 'worker' : 'manager, labels: { role: storage }'} }\n`,
).join('')}access: { profile: public, domain: example.org }
digitalocean: { token: { env: DO_TOKEN }, sshFrom: ${sshFrom} }
`
