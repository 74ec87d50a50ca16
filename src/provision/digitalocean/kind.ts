import type { Changes } from '../../engine/resource.ts'
import type { Org } from '../../inventory/org.ts'
import type { Account } from './account.ts'
import type { Objects } from './lists.ts'

/** What every object that is wanted has. */
export interface Named {
  readonly kind: string
  /** As `--allow-replace` takes it. */
  readonly name: string
}

/** How the plain API finds one kind of object, makes it and changes it. */
export interface Kind<W extends Named> {
  /** Shown to people, unique. */
  readonly title: (wanted: W) => string
  readonly desired: (wanted: W, org: Org) => Readonly<Record<string, string>>
  /** The same keys, told by the lists; undefined: it is not there. @throws Fault where it is there twice */
  readonly actual: (wanted: W, objects: Objects, org: Org) => Readonly<Record<string, string | undefined>> | undefined
  /** Makes it where it is not there, and mends the keys that differ. */
  readonly fix: (wanted: W, changes: Changes, at: At) => Promise<void>
  /** It is made once the droplets are up: it needs their addresses, or time that passes meanwhile. */
  readonly needsHosts?: true
  /** What stops for a moment where these keys change. */
  readonly interrupts?: (wanted: W, keys: readonly string[]) => string | undefined
  /** What is not done, or not unasked: told before anything is changed. */
  readonly refuses?: (wanted: W, objects: Objects, org: Org) => Refusal | undefined
  /** It holds data: what only another object can be is not done unless `--allow-replace` names this one. */
  readonly kept?: Kept<W>
}

/** Why something is not done, in a fault's words. */
export interface Refusal {
  readonly because: string
  readonly try: string
  /** Done all the same where `--allow-replace` names this; undefined: never. */
  readonly unless?: string
}

/** What must not be lost unasked. */
export interface Kept<W extends Named> {
  /** Keys of `desired` that only another object can have. */
  readonly another: readonly string[]
  /** A change of such a key that this object can make itself after all. */
  readonly inPlace?: (key: string, from: string | undefined, to: string) => boolean
  /** What is lost with it: `the disk of mle-1, and its address`. */
  readonly loses: (wanted: W) => string
}

/** Where a fix works. */
export interface At {
  readonly org: Org
  readonly account: Account
  readonly signal: AbortSignal
}
