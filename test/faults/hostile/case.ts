import type { Hostile } from '../../lab/hostile-server.ts'
import type { Expected } from './trial.ts'

/** What a server does, and what a plan of its host must come to. */
export interface Case extends Expected {
  readonly behaviour: string
  /** Tried in the quick part as well. */
  readonly quick?: true
  readonly serve: () => Promise<Hostile>
  /** Nobody may try to log in there. */
  readonly noLogin?: true
  /** Of the host in the inventory; null: none. Without it the right one. */
  readonly hostKey?: string | null
}

/** What a plan of such a host says when all goes well, and how long it may take on a busy machine. */
export const PLANNED = { says: ['to change'], exit: 2, deadlineSeconds: 15 }

/** It is told at once. */
export const AT_ONCE = { exit: 1, deadlineSeconds: 4 }

/** It is told when the handshake has had its time. */
export const STALLED = { exit: 1, deadlineSeconds: 20 }

/** It is told when a server that takes no more connections for now was tried for a while. */
export const BUSY = { exit: 1, deadlineSeconds: 14 }

/** What would steer a terminal, and make a line read as another one. */
export const EVIL = '\x1b[2J\x1b]0;owned\x07\u202egnp.exe\x00\x9b31m\r✓ everything is in sync'
