import type { Org } from '../../inventory/org.ts'
import type { RunKeyWanted } from '../digitalocean/storage/run-key.ts'
import type { SpacesKeyWanted } from '../digitalocean/storage/spaces-key.ts'
import type { Wanted } from '../digitalocean/wanted.ts'

/** Of what is wanted, what may be in Pulumi's program: no keys of Spaces, whose secrets would be in its state. */
export type InPulumi = Exclude<Wanted, RunKeyWanted | SpacesKeyWanted>

/** Whether it is in the program of this organization: a bucket only where there is a key that stays, by which Pulumi can read it again. */
export const isInPulumi =
  ({ digitalocean }: Org) =>
  (wanted: Wanted): wanted is InPulumi =>
    wanted.kind !== 'run-key' &&
    wanted.kind !== 'spaces-key' &&
    (wanted.kind !== 'bucket' || digitalocean?.spaces?.key !== undefined)
