import { type Spaces, spacesKey, spacesOf } from '../../../clients/digitalocean/spaces.ts'
import { noteAtDigitalOcean, readLockFile } from '../../../inventory/lock-file.ts'
import type { Org } from '../../../inventory/org.ts'
import type { Kind } from '../kind.ts'
import { withRunKey } from './run-key.ts'

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
  fix: async (wanted, changes, at) => {
    const { org, account, signal } = at
    const { key } = org.digitalocean?.spaces ?? {}
    if (key) {
      const spaces = spacesOf(wanted.region, await spacesKey(key), signal)
      await bring(spaces, wanted, changes)
      return note(org, wanted, spaces)
    }
    // With a key of its own a run makes all of them, so that it makes only one.
    const seen = bucket.actual(wanted, await account.read(), org)
    if (seen && (!wanted.versioning || seen.versioning === 'Enabled')) return
    await withRunKey(at, async (pair) => {
      const spaces = spacesOf(wanted.region, pair, signal, true)
      const there = await spaces.list()
      for (const one of bucketsWanted(org)) {
        const { name } = one
        const is = there.includes(name) ? await spaces.versioning(name) : undefined
        await bring(spaces, one, { name: is === undefined, versioning: is !== 'Enabled' })
        await note(org, one, spaces)
      }
    })
  },
}

async function bring(
  spaces: Spaces,
  { name, versioning }: BucketWanted,
  changes: { readonly name?: unknown; readonly versioning?: unknown },
): Promise<void> {
  if (changes.name) await spaces.make(name)
  if (versioning && changes.versioning) await spaces.keepVersions(name)
}

// The one proof that it is ours: a key of ours may ask it.
async function note(org: Org, { name, region }: BucketWanted, spaces: Spaces): Promise<void> {
  const old = readLockFile(org).digitalocean
  const seen = { region, versioning: await spaces.versioning(name) }
  await noteAtDigitalOcean(org, { ...old, buckets: { ...old?.buckets, [name]: seen } })
}
