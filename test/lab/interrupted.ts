import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import type { Event } from '../../src/engine/event.ts'
import type { Sandbox } from './sandbox.ts'

/** A run that is under way, to be interrupted. */
export interface UnderWay {
  readonly child: ChildProcess
  readonly said: () => string
  /** How it ended, and how many seconds after `since` (as performance.now() tells it). */
  readonly ended: (since: number) => Promise<{ readonly exit: number | null; readonly seconds: number }>
  /** Waits until the run's journal has such an event. */
  readonly until: (event: (event: Event) => boolean) => Promise<void>
  readonly journal: () => readonly Event[]
}

/** Starts shell text that runs groundwork, as a person would type it: `$groundwork` is the command with the inventory, `$inventory` the file. */
export function start(box: Sandbox, org: string, text = 'exec $groundwork'): UnderWay {
  const directory = join(box.state, 'groundwork', org, 'runs')
  const before = new Set(journals(directory))
  const child = spawn('sh', ['-c', text], {
    env: {
      ...process.env,
      XDG_STATE_HOME: box.state,
      NO_COLOR: '1',
      inventory: box.inventory,
      groundwork: `${process.execPath} bin/groundwork.mjs --inventory ${box.inventory}`,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const end = new Promise<{ exit: number | null; at: number }>((resolve) =>
    child.on('close', (exit) => resolve({ exit, at: performance.now() })),
  )
  const journal = () =>
    journals(directory)
      .filter((name) => !before.has(name))
      .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1))
      .map((line) => JSON.parse(line) as Event)
  return {
    child,
    said: () => said,
    journal,
    ended: async (since) => {
      const { exit, at } = await end
      return { exit, seconds: (at - since) / 1000 }
    },
    until: async (wanted) => {
      for (let tries = 0; !journal().some(wanted); tries++) {
        if (tries > 3000 || child.exitCode !== null) throw new Error(`it never came to that:\n${said}`)
        await later(20)
      }
    },
  }
}

function journals(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.jsonl'))
  } catch {
    return []
  }
}
