import type { SecretPlace } from './secret-place.ts'

/** What a droplet is, in the API's words. */
export interface DropletWish {
  readonly token: SecretPlace
  readonly region: string
  readonly size: string
  readonly monitoring: boolean
  readonly backups: boolean
  /** Besides those by which it is found again. */
  readonly tags: readonly string[]
  /** An address of its own stays when it is made anew. */
  readonly reservedIp: boolean
  readonly volumes: readonly VolumeWish[]
}

/** A block volume of a host. */
export interface VolumeWish {
  /** At the provider, and in the name of its device. */
  readonly name: string
  readonly sizeGiB: number
  /** Mount point: an absolute path. */
  readonly at: string
  /** `path` is relative to the mount point; owner `999:999`, mode `700` as stat prints it. */
  readonly directories: readonly { readonly path: string; readonly owner: string; readonly mode: string }[]
}
