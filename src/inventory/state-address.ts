import { shown } from './mark.ts'

/** What is wrong with the place of a state; undefined: nothing. */
export function stateFault(address: string): string | undefined {
  const is = `is ${shown(address)}; `
  if (/^(~|\.)?\/[^\s?]+$/.test(address)) return undefined
  if (!address.startsWith('s3://')) return `${is}a folder that begins with /, ./ or ~/, or s3://BUCKET?region=REGION`
  if (!BUCKET.test(address)) return `${is}after s3:// come a bucket and a prefix of letters, digits, . _ - /`
  const query = queryOf(address)
  const other = [...query.keys()].find((key) => !KNOWN.includes(key))
  if (other !== undefined) return `${is}${other} is not taken; there are ${KNOWN.join(', ')}`
  const endpoint = endpointOf(query)
  // Over the network a state does not go in clear.
  if (endpoint && !/^(https:\/\/[A-Za-z0-9.-]+|http:\/\/(127\.0\.0\.1|localhost))(:\d+)?$/.test(endpoint))
    return `${is}an endpoint is a host's name, reached by https: nyc3.digitaloceanspaces.com`
  if (regionOf(query) === undefined) return `${is}write the region of the bucket: ?region=REGION`
  return undefined
}

/** A bucket, and after it a prefix with its slashes. */
export const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[A-Za-z0-9._-]+)*\/?)(?:\?|$)/

const KNOWN = [
  'region',
  'endpoint',
  'use_path_style',
  's3ForcePathStyle',
  'ssetype',
  'kmskeyid',
  'request_checksum_calculation',
  'response_checksum_validation',
]

export const queryOf = (address: string): URLSearchParams => new URLSearchParams(/\?(.*)/.exec(address)?.[1])

/** A region that is said, or stands in the name of a host of Spaces. */
export const regionOf = (query: URLSearchParams): string | undefined =>
  query.get('region') || /^https:\/\/([a-z]{3}\d{1,2})\.digitaloceanspaces\.com$/.exec(endpointOf(query) ?? '')?.[1]

/** With its scheme; undefined: Amazon's. */
export function endpointOf(query: URLSearchParams): string | undefined {
  const said = query.get('endpoint')
  return said ? said.replace(/^(?!\w+:\/\/)/, 'https://') : undefined
}
