import type { Provider } from './provider.ts'

/** A sandbox host as it is remembered on this machine. */
export interface Sandbox {
  readonly org: string
  readonly host: string
  /** `forgotten`, where its folder was deleted by hand. */
  readonly address: string
  readonly running: boolean
}

/** How throw-away hosts are made on this machine: one of these for each technique. */
export interface Driver extends Provider {
  /** Every host of every organization, running or not. */
  readonly list: () => Promise<readonly Sandbox[]>
  /** Takes a host away with all it had, and with the last one all that was changed on this machine. A host that is not there is no fault. */
  readonly remove: (org: string, host: string) => Promise<void>
}
