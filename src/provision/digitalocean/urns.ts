import type { Org } from '../../inventory/org.ts'
import { dropletOf } from './droplets/droplet.ts'
import type { Named } from './kind.ts'
import type { Objects } from './lists.ts'
import { reservedIpOf } from './network/reserved-ip.ts'
import { type VolumeWanted, volumeOf } from './storage/volume.ts'

type Told = (one: Named, objects: Objects, org: Org) => readonly string[]

/** How projects call each kind that they hold. */
const MEMBERS: Readonly<Record<string, { readonly name: (one: Named) => string; readonly urns: Told }>> = {
  droplet: {
    name: ({ name }) => `droplet ${name}`,
    urns: ({ name }, objects, org) => {
      const one = dropletOf(objects, org.name, name)
      return one ? [`do:droplet:${one.id}`] : []
    },
  },
  volume: {
    name: ({ name }) => `volume ${name}`,
    urns: (wanted, objects, org) => {
      const one = volumeOf(wanted as VolumeWanted, objects, org)
      return one ? [`do:volume:${one.id}`] : []
    },
  },
  'reserved-ip': {
    name: ({ name }) => `reserved IP of ${name}`,
    // Reserved addresses were called floating ones before, and lists may still do so.
    urns: ({ name }, objects, org) => {
      const one = reservedIpOf(name, objects, org)
      return one ? [`do:reservedip:${one.ip}`, `do:floatingip:${one.ip}`] : []
    },
  },
}

/** How a project's resource calls what may be in it; undefined: projects do not hold this kind. */
export const nameOfMember = (one: Named): string | undefined => MEMBERS[one.kind]?.name(one)

/** The uniform names of an object, that by which it is put into a project first; none where it is not there. */
export const urnsOf: Told = (one, objects, org) => MEMBERS[one.kind]?.urns(one, objects, org) ?? []
