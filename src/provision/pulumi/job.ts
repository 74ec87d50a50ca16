import type { FaultParts } from '../../engine/fault.ts'
import type { InPulumi } from './kinds.ts'

/** The project of every state; the stack is named after the organization. */
export const PROJECT = 'groundwork'

/** One object of the list, and what Pulumi must know of it besides. */
export interface Planned {
  readonly wanted: InPulumi
  /** At the provider, as the lists tell it; undefined: it is not there. */
  readonly id: string | undefined
  /** It holds data. */
  readonly kept: boolean
  /** It is made anew: `--allow-replace` names it, and what is wanted of it only another one can have. */
  readonly replace: boolean
  /** Id of the private network that a droplet is in; undefined: the region's default. */
  readonly network: string | undefined
  /** cloud-init's, for a droplet that is to be made. */
  readonly userData: string | undefined
}

/** What the child is told, as one line of JSON on its stdin: secrets are nowhere else. */
export interface Job {
  /** Its file, for what to type next. */
  readonly inventory: string
  readonly org: string
  /** As PULUMI_BACKEND_URL takes it. */
  readonly state: string
  readonly passphrase: string
  readonly token: string
  /** Where Pulumi keeps its own things; its plugins among them. */
  readonly home: string
  /** Folder of this organization for what Pulumi writes besides its state. */
  readonly folder: string
  /** Folder with `bin/pulumi`; undefined: the one on the PATH. */
  readonly root: string | undefined
  readonly objects: readonly Planned[]
}

/** What the child says, one line of JSON each. */
export type Said =
  | { readonly line: string }
  | { readonly done: true }
  | { readonly fault: FaultParts & { readonly what: string } }
