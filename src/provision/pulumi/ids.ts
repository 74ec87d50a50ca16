import type { Org } from '../../inventory/org.ts'
import { dropletOf } from '../digitalocean/droplets/droplet.ts'
import type { Objects } from '../digitalocean/lists.ts'
import type { InPulumi } from './kinds.ts'

const IDS: { readonly [W in InPulumi as W['kind']]: (wanted: W, objects: Objects, org: Org) => unknown } = {
  'ssh-key': ({ fingerprint }, { sshKeys }) => sshKeys.find((one) => one.fingerprint === fingerprint)?.id,
  firewall: ({ name }, { firewalls }) => firewalls.find((one) => one.name === name)?.id,
  droplet: ({ name }, objects, org) => dropletOf(objects, org.name, name)?.id,
}

/** An object's id at the provider, as Pulumi takes it to adopt what is there; undefined: it is not there. */
export function idOf(wanted: InPulumi, objects: Objects, org: Org): string | undefined {
  const id = (IDS[wanted.kind] as (one: InPulumi, objects: Objects, org: Org) => unknown)(wanted, objects, org)
  return id === undefined ? undefined : String(id)
}
