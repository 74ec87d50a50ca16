import type { DropletWanted } from '../digitalocean/droplets/droplet.ts'
import type { FirewallWanted } from '../digitalocean/network/firewall.ts'
import type { SshKeyWanted } from '../digitalocean/ssh-key.ts'
import type { Wanted } from '../digitalocean/wanted.ts'

/** Of what is wanted, the kinds that Pulumi makes; the others are made by calls of the API in both ways. */
export type InPulumi = SshKeyWanted | FirewallWanted | DropletWanted

const KINDS: { readonly [Kind in InPulumi['kind']]: true } = { 'ssh-key': true, firewall: true, droplet: true }

export const isInPulumi = (wanted: Wanted): wanted is InPulumi => wanted.kind in KINDS
