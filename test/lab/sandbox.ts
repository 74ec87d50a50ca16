import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Came, groundwork } from './groundwork.ts'

/** An inventory of sandbox hosts with a state directory of its own, to be run and broken. */
export interface Sandbox {
  readonly inventory: string
  readonly state: string
  readonly run: (...words: string[]) => Promise<Came>
  /** Makes the hosts, in sync up to these steps; takes them away again where that fails, since no test does then. */
  readonly upTo: (...steps: readonly string[]) => Promise<void>
  /** Runs shell text as root on a host, over SSH; throws where it fails. */
  readonly sh: (host: string, text: string) => Promise<string>
  /** Writes the inventory anew. */
  readonly write: (text: string) => void
  readonly address: (host: string) => Promise<string>
  readonly down: () => Promise<void>
}

/** Needs root, and says so instead of skipping. `more` is what a run has in its environment besides. */
export function sandbox(org: string, inventory: string, more: Readonly<Record<string, string>> = {}): Sandbox {
  if (process.getuid?.() !== 0)
    throw new Error(
      'Tests with real hosts need root: run them as root, or only the others with `npx vitest run --project plans`.',
    )
  const state = mkdtempSync(join(tmpdir(), `groundwork-${org}-`))
  const file = join(state, `${org}.yaml`)
  const env = { ...more, XDG_STATE_HOME: state }
  const write = (text: string) => writeFileSync(file, text)
  const run = (...words: string[]) => groundwork([...words, '--inventory', file], env)
  const known = new Map<string, string>()
  const address = async (host: string) => {
    const before = known.get(host)
    if (before !== undefined) return before
    const { out } = await groundwork(['sandbox', 'list'], env)
    const line = out.split('\n').find((one) => one.startsWith(`${host} `))
    if (!line) throw new Error(`no sandbox host ${host}:\n${out}`)
    const found = line.split(/\s+/)[2] ?? ''
    known.set(host, found)
    return found
  }
  const down = async () => {
    await groundwork(['sandbox', 'down', '--all'], env)
    rmSync(state, { recursive: true, force: true })
  }
  const upTo = async (...steps: readonly string[]) => {
    for (const step of steps) {
      const { exit, out, err } = await run('--only', step)
      if (exit === 0) continue
      await down()
      throw new Error(`${org} did not come to ${step}:\n${out}${err}`)
    }
  }
  write(inventory)
  return {
    inventory: file,
    state,
    run,
    upTo,
    write,
    address,
    sh: async (host, text) => overSsh(await address(host), join(state, 'groundwork', org, 'id_ed25519'), text),
    down,
  }
}

/** Runs shell text as root: the test's own way in, so that a fault of ours in connecting cannot hide itself. */
export async function overSsh(address: string, key: string, text: string): Promise<string> {
  const options = [
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
    '-i',
    key,
  ]
  const child = promisify(execFile)('ssh', [...options, `root@${address}`, 'exec /bin/sh -s'], {
    maxBuffer: 1 << 26,
    timeout: 300_000,
  })
  child.child.stdin?.end(text)
  return (await child).stdout
}
