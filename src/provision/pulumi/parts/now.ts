import type { Org } from '../../../inventory/org.ts'
import type { Named } from '../../digitalocean/kind.ts'
import type { Objects } from '../../digitalocean/lists.ts'
import type { Part } from '../part.ts'

/** What is there, and what is known besides, as the resources of Pulumi are made from it. */
export interface Now {
  readonly org: Org
  readonly objects: Objects
  /** Droplets that are made anew. */
  readonly replaced: readonly string[]
  /** cloud-init's of the droplets that are to be made. */
  readonly userData: ReadonlyMap<string, string>
}

/** How one kind of object is made by Pulumi. */
export type Parts<W extends Named> = (wanted: W, now: Now) => readonly Part[]

/** Ours, and those that others gave it: these are theirs. Written as they are there, since case does not matter. */
export function withOthers(ours: readonly string[], there: readonly string[] | null | undefined): readonly string[] {
  const missing = ours.filter((tag) => !there?.some((one) => one.toLowerCase() === tag.toLowerCase()))
  return [...missing, ...(there ?? [])]
}

export const text = (id: number | string | undefined): string | undefined => (id === undefined ? undefined : String(id))
