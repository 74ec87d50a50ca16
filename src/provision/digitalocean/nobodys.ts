import type { Org } from '../../inventory/org.ts'
import { hostOf } from './droplets/droplet.ts'
import type { Objects } from './lists.ts'
import { addressesIn, hasTag, orgTag } from './names.ts'
import { volumeOf } from './storage/volume.ts'
import type { Wanted } from './wanted.ts'

/** What left the inventory, or has another name there: it holds data, so it is told and never taken away. */
export function nobodys(org: Org, wanted: readonly Wanted[], objects: Objects): readonly string[] {
  const names = org.hosts.flatMap(({ name, droplet }) => (droplet ? [name] : []))
  const used = wanted.flatMap((one) => (one.kind === 'volume' ? [volumeOf(one, objects, org)?.id] : []))
  return [
    ...objects.droplets
      .filter((one) => !names.includes(hostOf(one, org) ?? ''))
      .map(
        ({ id, name }) =>
          `The droplet ${id} ${name} has the tag of ${org.name}, and no host of the inventory is it: it runs on, and costs. To let it go: https://cloud.digitalocean.com/droplets/${id}`,
      ),
    ...objects.volumes
      .filter(({ id, tags }) => hasTag({ tags: tags ?? [] }, orgTag(org.name)) && !used.includes(id))
      .map(
        ({ name, region, size_gigabytes }) =>
          `The volume ${name} (${size_gigabytes} GiB in ${region.slug}) has the tag of ${org.name}, and no host of the inventory has it: it stays as it is, and costs. To let it go: https://cloud.digitalocean.com/volumes`,
      ),
    ...org.hosts
      .filter(({ droplet }) => droplet && !droplet.reservedIp)
      .flatMap(({ name }) => {
        const tags = objects.droplets.filter((one) => hostOf(one, org) === name).flatMap((one) => one.tags)
        return addressesIn(tags, org.name, name).map(
          (address) =>
            `The reserved IP ${address} of ${name} is no longer in the inventory: it leads there as before. To let it go: https://cloud.digitalocean.com/networking/reserved_ips, and take its tag off the droplet`,
        )
      }),
  ]
}
