import { spawn } from 'node:child_process'
import type { Event } from '../../src/engine/event.ts'

/** A run that the test watches: what it has said, and how it ended. */
export interface Watched {
  readonly events: readonly Event[]
  /** undefined: it was killed. */
  readonly exit: number | undefined
  readonly seconds: number
  readonly err: string
}

/** Called with each event as it comes; true: kill now. A number: kill after so many milliseconds; a promise: when it is kept. */
export type Moment = (event: Event) => boolean | number | Promise<unknown>

/**
 * Runs the one command with --json, and kills it with its whole process group at the moment that one of its events is.
 * The journal and these events are written before each effect, so they are as exact as a failpoint, and the product has none.
 */
export function runUntil(inventory: string, state: string, moment: Moment, ...words: string[]): Promise<Watched> {
  const child = spawn(process.execPath, ['bin/groundwork.mjs', '--inventory', inventory, '--json', ...words], {
    env: { ...process.env, NO_COLOR: '1', XDG_STATE_HOME: state },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const started = performance.now()
  const events: Event[] = []
  let rest = ''
  let err = ''
  const kill = () => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      process.kill(-child.pid, 'SIGKILL')
  }
  child.stderr.on('data', (chunk) => (err += chunk))
  child.stdout.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const event = JSON.parse(line) as Event
      events.push(event)
      const now = moment(event)
      if (now === true) kill()
      else if (typeof now === 'number') setTimeout(kill, now)
      else if (now !== false) void now.then(kill)
    }
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exit) =>
      resolve({ events, exit: exit ?? undefined, seconds: (performance.now() - started) / 1000, err }),
    )
  })
}

/** The border before a step: it is said to run, and nothing of it is done. */
export const borderOf =
  (step: string): Moment =>
  (event) =>
    event.event === 'step' && event.step === step && event.state === 'running'

/** Inside a step's fixes: so many milliseconds after the first of them was announced, and no later than its end. */
export const inside = (step: string, milliseconds: number): Moment => {
  let begun = false
  return (event) => {
    if (event.event === 'step' && event.step === step && event.state === 'done') return true
    if (begun || event.event !== 'change' || event.state !== 'applying' || event.step !== step) return false
    begun = true
    return milliseconds === 0 ? true : milliseconds
  }
}

/** Never: the run goes to its end. */
export const never: Moment = () => false
