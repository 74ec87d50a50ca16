import type { S3Key } from '../../clients/s3.ts'
import type { FaultParts } from '../../engine/fault.ts'
import type { Part } from './part.ts'

/** The project of every state; the stack is named after the organization. */
export const PROJECT = 'groundwork'

/** What the child is told, as one line of JSON on its stdin: secrets are nowhere else. */
export interface Job {
  /** Its file, for what to type next. */
  readonly inventory: string
  readonly org: string
  /** As PULUMI_BACKEND_URL takes it. */
  readonly state: string
  readonly passphrase: string
  readonly token: string
  /** For buckets; undefined: the inventory has none. */
  readonly spaces: { readonly access: string; readonly secret: string } | undefined
  /** For the bucket in which the state is; undefined: it is in a folder. */
  readonly bucket: S3Key | undefined
  /** Where Pulumi keeps its own things; its plugins among them. */
  readonly home: string
  /** Folder of this organization for what Pulumi writes besides its state. */
  readonly folder: string
  /** Folder with `bin/pulumi`; undefined: the one on the PATH. */
  readonly root: string | undefined
  readonly parts: readonly Part[]
}

/** What the child says, one line of JSON each. */
export type Said =
  | { readonly line: string }
  | { readonly done: true }
  | { readonly fault: FaultParts & { readonly what: string } }
