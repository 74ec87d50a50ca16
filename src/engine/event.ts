/** What happens in a run, as data. The terminal, plain lines, JSON lines and the journal are four readers of the same events. Version 1. */
export type Event =
  | {
      readonly event: 'run'
      readonly version: 1
      readonly org: string
      readonly platform: string
      readonly inventory: string
      readonly hosts: number
      readonly plan: boolean
      readonly run: string
    }
  | { readonly event: 'note'; readonly host?: string; readonly text: string }
  | {
      readonly event: 'host'
      readonly host: string
      readonly text: string
      readonly details: string
      readonly seconds?: number
      /** What the seconds do not say: 'kept: next time 1 s'. */
      readonly remark?: string
    }
  | {
      readonly event: 'step'
      readonly step: string
      readonly title: string
      readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'not tried'
      readonly changed: number
      readonly seconds: number
    }
  /** A difference found (planned) or a fix that was proven (applied). Values of secrets read ‹secret›. */
  | {
      readonly event: 'change'
      readonly state: 'planned' | 'applying' | 'applied'
      readonly host: string
      readonly step: string
      readonly resource: string
      readonly changes: readonly { readonly key: string; readonly from: string | null; readonly to: string }[]
      readonly diff?: string
      readonly interrupts?: string
      readonly destroys?: string
    }
  /** A fix is under way on a host: begun, one after the other; ended, with the last of them. */
  | {
      readonly event: 'fix'
      readonly state: 'begun'
      readonly host: string
      readonly step: string
      readonly resource: string
    }
  | { readonly event: 'fix'; readonly state: 'ended'; readonly host: string; readonly step: string }
  | {
      readonly event: 'unknown'
      readonly host: string
      readonly step: string
      readonly resource: string
      readonly because: string
    }
  /** The last line that a long fix printed. */
  | { readonly event: 'output'; readonly host: string; readonly step: string; readonly line: string }
  /** What was seen from outside: 'web page' at 'http://10.77.0.11/' answers '200 · redis up'. */
  | {
      readonly event: 'check'
      readonly name: string
      readonly at: string
      readonly answer: string
      readonly healthy: boolean
    }
  /**
   * A person asked to stop: behind the current fix (finishing), which is left to its host where it takes long (left),
   * or at once (stopped).
   */
  | { readonly event: 'interrupt'; readonly state: 'finishing' | 'left' | 'stopped'; readonly fix?: string }
  | {
      readonly event: 'fault'
      readonly what: string
      readonly at?: string
      readonly because?: string
      readonly try?: string
      readonly notTried?: readonly string[]
    }
  | {
      readonly event: 'summary'
      readonly hosts: number
      readonly resources: number
      readonly inSync: number
      readonly changed: number
      readonly failed: number
      readonly unknown: number
      readonly connections: number
      readonly sessions: number
      readonly downloadedBytes: number
      readonly downloadSeconds: number
      readonly seconds: number
      /** What those seconds went into, where there is more than hosts: 'cloud', 'first contact', 'steps'. */
      readonly phases?: readonly { readonly phase: string; readonly seconds: number }[]
      readonly exit: number
    }

export type Report = (event: Event) => void
