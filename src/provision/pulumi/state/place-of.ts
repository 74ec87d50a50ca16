import type { Org } from '../../../inventory/org.ts'
import { stateBucket } from './bucket.ts'
import { inBucket } from './in-bucket.ts'
import { inFolder } from './in-folder.ts'
import type { StatePlace } from './place.ts'

/** The place of an organization's state. In a bucket its key is read when it is first needed. @throws TypeError for an organization that has none */
export function placeOf(org: Org, signal: AbortSignal): StatePlace {
  const { pulumi } = org.digitalocean ?? {}
  if (!pulumi) throw new TypeError('an organization without Pulumi has no state of it')
  const bucket = stateBucket(pulumi.state)
  return bucket ? inBucket(bucket, pulumi.key, signal) : inFolder(new URL(pulumi.state))
}
