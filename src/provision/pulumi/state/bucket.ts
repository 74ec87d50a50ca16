import { BUCKET, endpointOf, queryOf, regionOf } from '../../../inventory/state-address.ts'

/** A bucket in which a state is kept. */
export interface StateBucket {
  readonly bucket: string
  /** Of its objects' names: empty, or ending with a slash. */
  readonly prefix: string
  readonly region: string
  /** `https://s3.example.org`, without the bucket; undefined: Amazon's. */
  readonly endpoint: string | undefined
  /** The bucket stands in the path, and not before the host's name. */
  readonly isPathStyle: boolean
}

/** The bucket of an address without faults; undefined: it is a folder. */
export function stateBucket(address: string): StateBucket | undefined {
  const [, bucket, path = ''] = BUCKET.exec(address) ?? []
  if (bucket === undefined) return undefined
  const query = queryOf(address)
  return {
    bucket,
    prefix: path.replace(/^\/+|\/+$/g, '').replace(/.$/, '$&/'),
    region: regionOf(query) ?? '',
    endpoint: endpointOf(query),
    // A certificate is good for one name before the host's, and not for two.
    isPathStyle: bucket.includes('.') || isSaid(query, 'use_path_style') || isSaid(query, 's3ForcePathStyle'),
  }
}

/** Where S3's API has the bucket. */
export function bucketUrl({ bucket, region, isPathStyle, ...at }: StateBucket): string {
  const endpoint = at.endpoint ?? `https://s3.${region}.amazonaws.com`
  return isPathStyle ? `${endpoint}/${bucket}` : endpoint.replace('://', `://${bucket}.`)
}

/** The address as Pulumi takes it: it knows no region by the name of a host. */
export function stateForPulumi(address: string): string {
  if (!address.startsWith('s3:')) return address
  const query = queryOf(address)
  query.set('region', regionOf(query) ?? '')
  return `${address.replace(/\?.*/, '')}?${query}`
}

const isSaid = (query: URLSearchParams, key: string): boolean => /^(1|t|true)$/i.test(query.get(key) ?? '')
