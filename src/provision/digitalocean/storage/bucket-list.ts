import { spacesOf } from '../../../clients/digitalocean/spaces.ts'
import type { Org } from '../../../inventory/org.ts'

/** A bucket as it is. */
export interface BucketNow {
  /** Its name. */
  readonly id: string
  /** `Enabled`, `Suspended` or `none`. */
  readonly versioning: string
}

/** The wanted ones that are there: one list, and a question to each. */
export async function readBuckets({ digitalocean }: Org): Promise<readonly BucketNow[]> {
  const wish = digitalocean?.spaces
  if (!wish?.buckets.length) return []
  const spaces = await spacesOf(wish, new AbortController().signal)
  const there = await spaces.list()
  const wanted = wish.buckets.filter(({ name }) => there.includes(name))
  return Promise.all(wanted.map(async ({ name }) => ({ id: name, versioning: await spaces.versioning(name) })))
}
