import { createHash, randomBytes } from 'node:crypto'

/** The tag of everything that belongs to an organization. */
export const orgTag = (org: string): string => `groundwork:${org}`

/** The tag by which a host's droplet is found again. */
export const hostTag = (org: string, host: string): string => `groundwork:${org}:${host}`

/** A firewall has no tags of its own. */
export const firewallName = (org: string): string => `groundwork-${org}`

/** The organization's private network in a region: it has no tags. */
export const vpcName = (org: string, region: string): string => `groundwork-${org}-${region}`

/** Is this such a network of the organization, whatever its region? */
export const isVpcName = (name: string, org: string): boolean =>
  name.startsWith(`groundwork-${org}-`) && /^[a-z]{3}\d{1,2}$/.test(name.slice(`groundwork-${org}-`.length))

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

/** Every reserved address of the organization that these tags tell, by address: its host. */
export function allAddressesIn(tags: readonly string[], org: string): ReadonlyMap<string, string> {
  const all = tags.map((tag) => tag.toLowerCase().split(':'))
  return new Map(
    all.flatMap(([tool, of, host, address, ...more]) =>
      tool === 'groundwork' && of === org && host && address && !more.length
        ? [[address.replaceAll('-', '.'), host] as const]
        : [],
    ),
  )
}

/** Tags are told in any case. */
export const hasTag = ({ tags }: { readonly tags: readonly string[] }, tag: string): boolean =>
  tags.some((one) => one.toLowerCase() === tag.toLowerCase())

/** The Spaces key that a run makes for itself, and that is gone behind it. */
export const runKeyName = (org: string): string => `groundwork-${org}-for-buckets`

/**
 * The name of a new Spaces key for the platform: no two are the same, so that one whose answer was lost is found again. Its last
 * digits tell it from one of another organization whose name begins with this one's.
 */
export function newKeyName(org: string, name: string, version: number): string {
  const random = randomBytes(2).toString('hex')
  return `groundwork-${org}-${name}-v${version}-${random}${digits(org, name, random)}`
}

/** Which key of the organization has this name; undefined: none of its keys for the platform. */
export function keyOfName(full: string, org: string): { readonly name: string; readonly version: string } | undefined {
  const begin = `groundwork-${org}-`
  const [, name = '', version = '', random = '', last] = full.startsWith(begin)
    ? (/^(.+)-v(\d+)-([0-9a-f]{4})([0-9a-f]{4})$/.exec(full.slice(begin.length)) ?? [])
    : []
  return name && last === digits(org, name, random) ? { name, version } : undefined
}

const digits = (...words: readonly string[]): string =>
  createHash('sha256').update(words.join('\0')).digest('hex').slice(0, 4)
