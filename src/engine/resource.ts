import type { Host, Org } from '../inventory/org.ts'
import type { Secret } from './secret.ts'
import type { OnHost, Sh } from './sh.ts'

/**
 * What reads the actual state. Shell text answers with what it prints (exit 0; trailing newlines stripped), with
 * "there is none" (exit 44) or not at all (anything else: unknown, with its stderr). A function runs here, for things with an API.
 */
export type Question = Sh | OnHost | ((signal: AbortSignal) => Promise<string | undefined>)

/** A question; or one that several resources share, of which this one reads its own part (`undefined`: there is none). */
export type Probe = Question | { readonly ask: Question; readonly read: (answer: string) => string | undefined }

/** What makes it so. Several run one after the other; a function runs here. */
export type Fix = Sh | OnHost | Carry | ((signal: AbortSignal) => Promise<void>) | readonly Fix[]

/** A stream of any size from one host to another, through here: what `read` prints is what `write` gets on stdin. */
export interface Carry {
  readonly stream: { readonly from: Host; readonly to: Host; readonly read: Sh; readonly write: Sh }
}

/** Why a fix failed, in a fault's words. */
export interface Explained {
  readonly what: string
  readonly because: string
  readonly try: string
}

/** One key that differs. `from` is undefined where there was none. */
export interface Change {
  readonly from: string | undefined
  readonly to: string | Secret
}

/** The keys that differ, and only those. */
export type Changes<Key extends string = string> = { readonly [key in Key]?: Change }

/** One thing that must be so. */
export interface Resource {
  /** Shown to people, unique on a host: `file /etc/motd`. */
  readonly name: string
  readonly desired: Readonly<Record<string, string | Secret>>
  /** The same keys. */
  readonly actual: Readonly<Record<string, Probe>>
  readonly fix: (changes: Changes) => Fix
  /** Reads what a fix that failed has printed, and says what it means to a person; undefined where it cannot tell. */
  readonly explain?: (said: string) => Explained | undefined
  /** Fetches the old text for a diff against `wanted`. */
  readonly show?: { readonly old: Sh; readonly wanted: string }
  readonly settle?: Settle
  /** What stops for a moment: 'Docker on bee restarts: 8 containers stop for some seconds'. */
  readonly interrupts?: string
  /** What is lost for ever: asks first. */
  readonly destroys?: string
  /** Where a person can see it, for the end of a run that changed something: an address. */
  readonly seenAt?: { readonly name: string; readonly at: string }
  /** Takes away what left the inventory: never under --only or --host, where the rest is not looked at. */
  readonly removes?: true
}

/**
 * How long a resource may take to come true after its fix. `because` prints why it has not yet;
 * exit 0: it may still; exit 1: it will not, stop waiting.
 */
export interface Settle {
  readonly seconds: number
  readonly because: Sh
  /** What to type to look further. */
  readonly try?: string
}

/** A step that could lock us out: what to keep, and how the old is put in force again. */
export interface Guard {
  readonly paths: readonly string[]
  readonly reload: Sh
}

/** A place in the list: one sentence that is true afterwards. */
export interface Step {
  readonly id: string
  readonly title: string
  /** All hosts, unless said. */
  readonly hosts?: (org: Org) => readonly Host[]
  readonly oneHostAtATime?: boolean
  readonly guard?: (host: Host) => Guard
  readonly resources: (at: { readonly host: Host; readonly org: Org }) => readonly Resource[]
}

/** A resource as it is written: desired and actual have the same keys, or it does not compile. */
interface Written<Key extends string> extends Omit<Resource, 'desired' | 'actual' | 'fix'> {
  readonly desired: Readonly<Record<Key, string | Secret>>
  readonly actual: Readonly<Record<NoInfer<Key>, Probe>>
  readonly fix: (changes: Changes<NoInfer<Key>>) => Fix
}

export const resource = <Key extends string>(written: Written<Key>): Resource => written as Resource

export const step = (written: Step): Step => written
