import { PROJECT } from './job.ts'
import type { InPulumi } from './kinds.ts'

const TYPES: { readonly [Kind in InPulumi['kind']]: string } = {
  'ssh-key': 'digitalocean:index/sshKey:SshKey',
  firewall: 'digitalocean:index/firewall:Firewall',
  droplet: 'digitalocean:index/droplet:Droplet',
}

/** The type of an object, as Pulumi's state has it. */
export const typeOf = ({ kind }: InPulumi): string => TYPES[kind]

/** The name of an object in Pulumi's state, unique among those of its type. */
export const nameIn = (wanted: InPulumi): string =>
  wanted.kind === 'ssh-key' ? `${wanted.name}-${wanted.fingerprint.replaceAll(':', '').slice(0, 12)}` : wanted.name

/** How Pulumi's state and its plans call an object. */
export const urnOf = (org: string, wanted: InPulumi): string =>
  `urn:pulumi:${org}::${PROJECT}::${typeOf(wanted)}::${nameIn(wanted)}`
