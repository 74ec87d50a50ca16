import { spacesOf } from '../../../clients/digitalocean/spaces.ts'
import type { Org } from '../../../inventory/org.ts'
import type { Kind } from '../kind.ts'

/** A bucket of Spaces. What is in it is never looked at, and it is never deleted. */
export interface BucketWanted {
  readonly kind: 'bucket'
  readonly name: string
  readonly region: string
  /** What is overwritten or deleted stays as an older version. */
  readonly versioning: boolean
}

export const bucketsWanted = ({ digitalocean }: Org): readonly BucketWanted[] =>
  (digitalocean?.spaces?.buckets ?? []).map((one) => ({
    kind: 'bucket',
    ...one,
    region: digitalocean?.spaces?.region ?? '',
  }))

/** Found by its name, which nobody else can have. */
export const bucket: Kind<BucketWanted> = {
  title: ({ name }) => `bucket ${name}`,
  desired: ({ name, versioning }) => ({ name, ...(versioning && { versioning: 'Enabled' }) }),
  actual: ({ name }, { buckets }) => {
    const one = buckets.find(({ id }) => id === name)
    return one && { name, versioning: one.versioning }
  },
  fix: async ({ name, versioning }, changes, { org, signal }) => {
    const wish = org.digitalocean?.spaces
    if (!wish) return
    const spaces = await spacesOf(wish, signal)
    if (changes.name) await spaces.make(name)
    if (versioning && changes.versioning) await spaces.keepVersions(name)
  },
}
