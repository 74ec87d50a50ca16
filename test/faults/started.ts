import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as later } from 'node:timers/promises'

/** A command that runs, to be stopped, woken or killed by its process. */
export interface Started {
  readonly child: ChildProcess
  readonly out: () => string
  /** Until it has printed this. @throws when it ends before, or after a minute */
  readonly says: (what: RegExp) => Promise<void>
  /** `exit` is null where a signal ended it. */
  readonly ended: Promise<{ readonly exit: number | null; readonly out: string; readonly at: number }>
}

/** Starts the built command with a state directory of its own and no terminal. */
export function started(words: readonly string[], state: string): Started {
  const child = spawn(process.execPath, ['bin/groundwork.mjs', ...words], {
    env: { ...process.env, NO_COLOR: '1', XDG_STATE_HOME: state },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += chunk))
  const ended = new Promise<Awaited<Started['ended']>>((resolve) => {
    child.on('close', (exit) => resolve({ exit, out, at: performance.now() }))
  })
  return {
    child,
    out: () => out,
    ended,
    says: async (what) => {
      for (let tries = 0; !what.test(out); tries++) {
        if (tries > 1200 || child.exitCode !== null) throw new Error(`it never said ${what}:\n${out}`)
        await later(50)
      }
    },
  }
}
