import type { Wish } from './wish.ts'

/** Where a tool finds the hosts: directly, or through a proxy. */
export interface Way {
  readonly addresses: readonly string[]
  readonly port: number
  readonly identity: string
  /** `ssh-ed25519 AAAA…`, the same for all of them, and its fingerprint. */
  readonly hostKey: { readonly line: string; readonly fingerprint: string }
}

/** A command that brings the hosts to the wish. */
export interface Command {
  readonly argv: readonly [string, ...string[]]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Whether its output says that nothing had to be changed. */
  readonly inSync: (output: string) => boolean
}

/** One of those who are compared. */
export interface Tool {
  readonly name: string
  readonly version: string
  /** Quick enough to run once more, uncounted. */
  readonly cheap?: true
  /** What was set, and why: a line each. */
  readonly settings: readonly string[]
  /** Writes what the tool needs into this directory, in its own idiom. */
  readonly prepare: (directory: string, wish: Wish, way: Way) => Command
  /** Ends what a run leaves running on this machine. */
  readonly settle?: (command: Command) => void
}
