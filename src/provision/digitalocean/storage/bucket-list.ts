import { isThereAtAll, spacesKey, spacesOf } from '../../../clients/digitalocean/spaces.ts'
import type { SpacesWish } from '../../../inventory/digitalocean-wish.ts'
import type { AtDigitalOcean } from '../../../inventory/lock-file-schema.ts'
import type { Org } from '../../../inventory/org.ts'

/** A bucket as it is. */
export interface BucketNow {
  /** Its name. */
  readonly id: string
  /** `Enabled`, `Suspended` or `none`. */
  readonly versioning: string
}

/** The wanted ones that are there: one list, and a question to each. */
export async function readBuckets({ digitalocean }: Org, noted: AtDigitalOcean): Promise<readonly BucketNow[]> {
  const wish = digitalocean?.spaces
  if (!wish) return []
  const { signal } = new AbortController()
  if (!wish.key) return withoutKey(wish, noted, signal)
  const spaces = spacesOf(wish.region, await spacesKey(wish.key), signal)
  const there = await spaces.list()
  const wanted = wish.buckets.filter(({ name }) => there.includes(name))
  return Promise.all(wanted.map(async ({ name }) => ({ id: name, versioning: await spaces.versioning(name) })))
}

// Without a key a bucket tells only that it is there. That it is ours, and keeps versions, a run with a key of its own saw, and noted.
async function withoutKey({ region, buckets }: SpacesWish, noted: AtDigitalOcean, signal: AbortSignal) {
  const seen = buckets.flatMap(({ name }) => {
    const one = noted.buckets?.[name]
    return one?.region === region ? [{ id: name, versioning: one.versioning }] : []
  })
  const there = await Promise.all(seen.map(({ id }) => isThereAtAll(region, id, signal)))
  return seen.filter((_, index) => there[index])
}

/** A bucket that was ours when it left the inventory. */
export interface LeftBucket {
  /** Its name. */
  readonly id: string
  readonly region: string
}

/** Those that are noted, wanted no more, and still there: a question to each, which needs no key. */
export async function readLeftBuckets({ digitalocean }: Org, { buckets = {} }: AtDigitalOcean) {
  const wanted = digitalocean?.spaces?.buckets.map(({ name }) => name) ?? []
  const left = Object.entries(buckets)
    .filter(([name]) => !wanted.includes(name))
    .map(([id, { region }]): LeftBucket => ({ id, region }))
  const { signal } = new AbortController()
  const there = await Promise.all(left.map(({ id, region }) => isThereAtAll(region, id, signal)))
  return left.filter((_, index) => there[index])
}
