import type { Host, Org } from '../inventory/org.ts'
import type { Report } from './event.ts'
import type { Remote, Remotes } from './remote.ts'
import type { Guard, Step } from './resource.ts'

/** Everything that a run works with. */
export interface Run {
  /** A name for this run, of letters, digits and dashes; it stands in the locks. */
  readonly id: string
  readonly org: Org
  readonly steps: readonly Step[]
  /** The hosts that this run looks at; --host makes them fewer than the inventory's. */
  readonly hosts: readonly Host[]
  readonly remotes: Remotes
  readonly report: Report
  readonly signal: AbortSignal
  /** Stop before the fixes. */
  readonly plan: boolean
  /** Id of the one step that is applied. */
  readonly only: string | undefined
  /** Takes the lock of every host that is reached. @throws Fault with exit 75 */
  readonly lock: (hosts: readonly Host[]) => Promise<Held>
  /** Asks a person whether something may be lost. @throws Fault where nobody can be asked */
  readonly confirm: (what: string) => Promise<void>
  /** Makes a change under a step's guard. @throws Fault after the host has undone it */
  readonly guarded: (run: Run, step: Step, guard: Guard, host: Host, change: () => Promise<void>) => Promise<void>
  /** Opens a new connection to the host, as the next run would. */
  readonly reconnect: (host: Host) => Promise<Remote>
}

/** The locks of a run. */
export interface Held {
  readonly at: (step: string) => void
  readonly release: () => Promise<void>
  /** Aborted, with a Fault as its reason, once a host says that its lock is no longer ours. */
  readonly lost: AbortSignal
}

/** How a run ended, in numbers of resources. */
export interface Tally {
  resources: number
  inSync: number
  changed: number
  failed: number
  unknown: number
  /** Of a plan: something is unknown before anything that would be changed. */
  unexplained?: boolean
}

/** Nothing was looked at. */
export const NOTHING: Tally = { resources: 0, inSync: 0, changed: 0, failed: 0, unknown: 0 }
