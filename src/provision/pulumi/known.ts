import { PROJECT } from './job.ts'
import type { StatePlace } from './state/place.ts'

/** What Pulumi's state knows: `URN` → id. Read from its file, so that a run in sync starts no Pulumi. */
export async function known(place: StatePlace, org: string): Promise<ReadonlyMap<string, string>> {
  const { checkpoint } = JSON.parse((await place.read(`.pulumi/stacks/${PROJECT}/${org}.json`)) ?? '{}') as Checkpoint
  const resources = checkpoint?.latest?.resources ?? []
  return new Map(resources.flatMap(({ urn, id }) => (id === undefined ? [] : [[urn, id] as const])))
}

/** A state's file, as far as it is in clear. */
interface Checkpoint {
  readonly checkpoint?: {
    readonly latest?: { readonly resources?: readonly { readonly urn: string; readonly id?: string }[] }
  }
}
