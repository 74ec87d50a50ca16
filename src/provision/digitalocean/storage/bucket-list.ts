import { isThereAtAll, spacesKey, spacesOf } from '../../../clients/digitalocean/spaces.ts'
import { readLockFile } from '../../../inventory/lock-file.ts'
import type { Org, SpacesWish } from '../../../inventory/org.ts'

/** A bucket as it is. */
export interface BucketNow {
  /** Its name. */
  readonly id: string
  /** `Enabled`, `Suspended` or `none`. */
  readonly versioning: string
}

/** The wanted ones that are there: one list, and a question to each. */
export async function readBuckets(org: Org): Promise<readonly BucketNow[]> {
  const wish = org.digitalocean?.spaces
  if (!wish) return []
  const { signal } = new AbortController()
  if (!wish.key) return withoutKey(org, wish, signal)
  const spaces = spacesOf(wish.region, await spacesKey(wish.key), signal)
  const there = await spaces.list()
  const wanted = wish.buckets.filter(({ name }) => there.includes(name))
  return Promise.all(wanted.map(async ({ name }) => ({ id: name, versioning: await spaces.versioning(name) })))
}

// Without a key a bucket tells only that it is there. That it is ours, and keeps versions, a run with a key of its own saw, and noted.
async function withoutKey(org: Org, { region, buckets }: SpacesWish, signal: AbortSignal) {
  const noted = readLockFile(org).digitalocean?.buckets ?? {}
  const seen = buckets.flatMap(({ name }) => {
    const one = noted[name]
    return one?.region === region ? [{ id: name, versioning: one.versioning }] : []
  })
  const there = await Promise.all(seen.map(({ id }) => isThereAtAll(region, id, signal)))
  return seen.filter((_, index) => there[index])
}
