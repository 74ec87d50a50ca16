import type { SecretPlace } from './secret-place.ts'

/** The tailnet that every host joins. */
export interface TailscaleWish {
  /** One of these three: a key that a person made, or access to the API, through which each host gets a key of its own. */
  readonly authKey: SecretPlace | undefined
  readonly apiKey: SecretPlace | undefined
  readonly oauth: { readonly id: string; readonly secret: SecretPlace } | undefined
  /** Where the package comes from: Tailscale's own repository, or whatever sources the host has. */
  readonly source: 'repository' | 'distribution'
  /** Where Tailscale's packages are, without a slash at its end, and the key that signs them, as 40 hexadecimal digits. */
  readonly repository: { readonly url: string; readonly fingerprint: string }
  /** Folder on the operator's machine with static `tailscale` and `tailscaled`; undefined: a package. */
  readonly binaries: string | undefined
  /** URL of the control server, without a slash at its end. */
  readonly loginServer: string
  /** `tag:server`. */
  readonly tags: readonly string[]
  readonly acceptDns: boolean
  readonly acceptRoutes: boolean
  /** CIDRs. */
  readonly advertiseRoutes: readonly string[]
  readonly ssh: boolean
  /** groundwork itself comes in by the tailnet, once that was proven. */
  readonly sshOver: boolean
}
