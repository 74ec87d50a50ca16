import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Came, groundwork } from '../groundwork.ts'
import type { Droplet } from './droplets.ts'
import { inventoryOf, type Wishes } from './inventory.ts'
import { type Kept, keep, restore } from './keep.ts'
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
  /** All is as after a first run of the inventory that is written. */
  readonly made: () => Promise<void>
  /** The one command, as far as the cloud; the token must never be seen, on any screen or in any file that is left. */
  readonly run: (...words: readonly string[]) => Promise<Came>
  /** The same, to be killed with its process group. `ended` tells its exit status; null: it was killed. */
  readonly start: () => { readonly kill: () => void; readonly ended: Promise<number | null> }
  /** Everything that the inventory wants is there once, with nothing besides. */
  readonly mustBeExact: () => void
  /** The text of every file that is left, but the one that keeps what the API tells once. */
  readonly left: () => readonly string[]
  /** Calls that could change something: not those that only ask whether the token may. */
  readonly writes: () => readonly string[]
  readonly droplets: () => readonly Droplet[]
  /** What is told at the first calls that match: exactly, or by an expression where an id is in it. */
  readonly first: (times: number, call: string | RegExp, trouble: Trouble) => void
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
    made: async () => {
      const { account, left } = await firstRun(readFileSync(inventory, 'utf8'))
      restore(at.account, account)
      cpSync(left, folder, { recursive: true })
    },
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
      const { hosts, operators }: Wishes = parse(readFileSync(inventory, 'utf8'))
      const ids = new Map(lab.droplets().map(({ id, name }) => [name, id]))
      const addresses = [...account.reservedIps.values()]
      expect(addresses.map(({ droplet }) => droplet)).toEqual(
        hosts.filter(({ reservedIp }) => reservedIp).map(({ name }) => ids.get(name)),
      )
      const addressesOf = (host: string) => addresses.filter(({ droplet }) => droplet === ids.get(host))
      const tagsOf = (host: string) => [
        `groundwork:mle:${host}`,
        ...addressesOf(host).map(({ ip }) => `groundwork:mle:${host}:${ip.replaceAll('.', '-')}`),
      ]
      const tags = ['groundwork:mle', ...hosts.flatMap(({ name }) => tagsOf(name))]
      expect(lab.droplets().map(({ name, status, tags }) => ({ name, status, tags }))).toEqual(
        hosts.map(({ name }) => ({ name, status: 'active', tags: ['groundwork:mle', ...tagsOf(name)] })),
      )
      expect(
        [...account.volumes.values()].map(({ name, sizeGiB, droplet, tags }) => ({ name, sizeGiB, droplet, tags })),
      ).toEqual(
        hosts.flatMap((host) =>
          (host.volumes ?? []).map(({ name, sizeGiB }) => ({
            name,
            sizeGiB,
            droplet: ids.get(host.name),
            tags: ['groundwork:mle'],
          })),
        ),
      )
      expect([...account.firewalls.values()].map(({ name }) => name)).toEqual(['groundwork-mle'])
      expect([...account.sshKeys.values()]).toHaveLength(operators.flatMap(({ keys }) => keys).length)
      expect([...account.tags].sort()).toEqual(tags.sort())
    },
    left: () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((one) => one.isFile() && one.name !== 'spaces-keys')
        .map((one) => readFileSync(join(one.parentPath, one.name), 'utf8')),
    writes: () => at.calls.filter((call) => !call.startsWith('GET ') && !call.endsWith(' {}')),
    droplets: () => [...at.account.droplets.values()],
    first: (times, call, trouble) => {
      let left = times
      const isIt = (made: string) => (typeof call === 'string' ? made === call : call.test(made))
      at.trouble = (made) => (isIt(made) && left-- > 0 ? trouble : undefined)
    },
  }
  lab.write()
  const close = () => {
    at.close()
    rmSync(folder, { recursive: true })
  }
  return { lab, close }
}

/** What a first run has made, and a folder with what it left here: state directory and lock file. */
interface Made {
  readonly account: Kept
  readonly left: string
}

// One for all tests of a file that begin where it ends.
const firstRuns = new Map<string, Promise<Made>>()
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

function firstRun(inventory: string): Promise<Made> {
  const made = firstRuns.get(inventory) ?? beginning(inventory)
  firstRuns.set(inventory, made)
  return made
}

async function beginning(inventory: string): Promise<Made> {
  const { lab, close } = await cloudLab('made')
  writeFileSync(lab.inventory, inventory)
  const came = await lab.run()
  expect(came.exit, came.out + came.err).toBe(0)
  lab.mustBeExact()
  const left = mkdtempSync(join(tmpdir(), 'cloud-made-'))
  folders.push(left)
  for (const one of ['state', 'mle.lock.yaml']) cpSync(join(lab.folder, one), join(left, one), { recursive: true })
  const account = keep(lab.at.account)
  close()
  return { account, left }
}
