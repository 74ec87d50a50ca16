import type { SecretPlace } from './secret-place.ts'

/** The account at DigitalOcean. */
export interface DigitalOceanWish {
  readonly token: SecretPlace
  /** CIDRs that may reach SSH through the provider's firewall; empty: everybody. */
  readonly sshFrom: readonly string[]
  /** Undefined: by plain calls of the API. */
  readonly pulumi?: PulumiWish
  /** Undefined: no names are made. */
  readonly dns?: DnsWish | undefined
  readonly databases: readonly DatabaseWish[]
  readonly spaces?: SpacesWish | undefined
  /** Name of the project in which everything is shown. */
  readonly project?: string | undefined
  /** A network of the organization's own in each region of its hosts; undefined: the region's default. */
  readonly vpc?: { readonly range?: string | undefined } | undefined
}

/** Object storage in a region. */
export interface SpacesWish {
  readonly region: string
  /** Where the access key and the secret key are, with a colon between; undefined: a run makes a key for the time it makes buckets. */
  readonly key: SecretPlace | undefined
  readonly buckets: readonly { readonly name: string; readonly versioning: boolean }[]
  readonly keys: readonly SpacesKeyWish[]
}

/** A key for the platform's services. */
export interface SpacesKeyWish {
  readonly name: string
  /** What it may do, by bucket. */
  readonly buckets: Readonly<Record<string, 'read' | 'readwrite'>>
  /** Another version is another key. */
  readonly version: number
}

/** Where Pulumi keeps what it knows. */
export interface PulumiWish {
  /** `file:///…` or `s3://…`, the latter as the inventory says it. */
  readonly state: string
  readonly passphrase: SecretPlace
  /** Where the key of that bucket is, with a colon in it; undefined: in the variables that every tool for S3 knows. */
  readonly key: SecretPlace | undefined
}

/** A cluster of managed PostgreSQL. */
export interface DatabaseWish {
  readonly name: string
  /** Major: `16`. */
  readonly version: string
  readonly size: string
  readonly region: string
  readonly nodes: number
  /** Besides `defaultdb`. */
  readonly databases: readonly string[]
  /** Besides `doadmin`. */
  readonly users: readonly string[]
  /** IPv4 CIDRs that may connect, besides the organization's droplets. */
  readonly trusted: readonly string[]
}

/** The zone in which the names of the platform's routes lead to the hosts. */
export interface DnsWish {
  readonly zone: string
  /** The zone is made where there is none. */
  readonly create: boolean
  /** Seconds. */
  readonly ttl: number
}
