/** The tag of everything that belongs to an organization. */
export const orgTag = (org: string): string => `groundwork:${org}`

/** The tag by which a host's droplet is found again. */
export const hostTag = (org: string, host: string): string => `groundwork:${org}:${host}`

/** A firewall has no tags of its own. */
export const firewallName = (org: string): string => `groundwork-${org}`

/** The organization's private network in a region: it has no tags. */
export const vpcName = (org: string, region: string): string => `groundwork-${org}-${region}`

/** The tag that says which reserved address is a host's: tags have no dots. */
export const addressTag = (org: string, host: string, address: string): string =>
  `${hostTag(org, host)}:${address.replaceAll('.', '-')}`

/** The reserved addresses of a host that these tags tell. */
export function addressesIn(tags: readonly string[], org: string, host: string): readonly string[] {
  const begin = `${hostTag(org, host)}:`
  return tags
    .filter((tag) => tag.toLowerCase().startsWith(begin))
    .map((tag) => tag.slice(begin.length).replaceAll('-', '.'))
}

/** Tags are told in any case. */
export const hasTag = ({ tags }: { readonly tags: readonly string[] }, tag: string): boolean =>
  tags.some((one) => one.toLowerCase() === tag.toLowerCase())

/** The Spaces key that a run makes for itself, and that is gone behind it. */
export const runKeyName = (org: string): string => `groundwork-${org}-for-buckets`
