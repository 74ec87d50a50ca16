/** The tag of everything that belongs to an organization. */
export const orgTag = (org: string): string => `groundwork:${org}`

/** The tag by which a host's droplet is found again. */
export const hostTag = (org: string, host: string): string => `groundwork:${org}:${host}`

/** A firewall has no tags of its own. */
export const firewallName = (org: string): string => `groundwork-${org}`

/** Tags are told in any case. */
export const hasTag = ({ tags }: { readonly tags: readonly string[] }, tag: string): boolean =>
  tags.some((one) => one.toLowerCase() === tag.toLowerCase())
