import type { Org } from '../../inventory/org.ts'
import { leftDatabases } from './databases/in-database.ts'
import { hostOf } from './droplets/droplet.ts'
import type { Left } from './left.ts'
import type { Objects } from './lists.ts'
import { allAddressesIn, hasTag, isVpcName, keyOfName, orgTag } from './names.ts'
import { leftNames } from './network/left-names.ts'
import { volumeOf } from './storage/volume.ts'
import type { Wanted } from './wanted.ts'

const AT = 'https://cloud.digitalocean.com'

/** What left the inventory, or has another name there, as far as the lists that were asked show it. */
export function nobodys(org: Org, wanted: readonly Wanted[], objects: Objects): readonly Left[] {
  return [
    ...droplets(org, objects),
    ...volumes(org, wanted, objects),
    ...reservedIps(org, objects),
    ...vpcs(org, wanted, objects),
    ...projects(wanted, objects),
    ...buckets(objects),
    ...spacesKeys(org, wanted, objects),
    ...leftNames(
      objects,
      wanted.filter((one) => one.kind === 'dns-name'),
      org.name,
    ),
    ...leftDatabases(objects, org),
  ]
}

function droplets(org: Org, objects: Objects): readonly Left[] {
  const names = org.hosts.flatMap(({ name, droplet }) => (droplet ? [name] : []))
  return objects.droplets
    .filter((one) => !names.includes(hostOf(one, org) ?? ''))
    .map((one) => ({
      list: 'droplets',
      name: hostOf(one, org) ?? one.name,
      text: `The droplet ${one.id} ${one.name} has the tag of ${org.name}, and no host of the inventory is it: it runs on, and costs. To let it go: ${AT}/droplets/${one.id}`,
    }))
}

function volumes(org: Org, wanted: readonly Wanted[], objects: Objects): readonly Left[] {
  const used = wanted.flatMap((one) => (one.kind === 'volume' ? [volumeOf(one, objects, org)?.id] : []))
  return objects.volumes
    .filter(({ id, tags }) => hasTag({ tags: tags ?? [] }, orgTag(org.name)) && !used.includes(id))
    .map(({ name, region, size_gigabytes }) => ({
      list: 'volumes',
      name,
      text: `The volume ${name} (${size_gigabytes} GiB in ${region.slug}) has the tag of ${org.name}, and no host of the inventory has it: it stays as it is, and costs. To let it go: ${AT}/volumes`,
    }))
}

// A droplet's tags tell its address; those of the account tell one whose droplet is gone, or was made anew.
function reservedIps(org: Org, { droplets, tags, reservedIps }: Objects): readonly Left[] {
  const wanted = org.hosts.flatMap(({ name, droplet }) => (droplet?.reservedIp ? [name] : []))
  const all = allAddressesIn([...droplets.flatMap((one) => one.tags), ...tags.map(({ id }) => id)], org.name)
  return reservedIps.flatMap(({ ip, droplet }) => {
    const host = all.get(ip)
    if (host === undefined || wanted.includes(host)) return []
    const text = `The reserved IP ${ip} of ${host} is no longer in the inventory: it leads ${droplet ? 'there as before' : 'nowhere, and costs'}. To let it go: ${AT}/networking/reserved_ips, and take its tag off the droplet`
    return [{ list: 'reservedIps', name: host, text }]
  })
}

function vpcs(org: Org, wanted: readonly Wanted[], objects: Objects): readonly Left[] {
  return objects.vpcs
    .filter(({ name }) => isVpcName(name, org.name) && !wanted.some((one) => one.kind === 'vpc' && one.name === name))
    .map(({ name, ip_range }) => ({
      list: 'vpcs',
      name,
      text: `The private network ${name} (${ip_range}) is no longer in the inventory: droplets that are in it stay in it, new ones go to the default one of their region. To let it go, once no droplet is in it: ${AT}/networking/vpc`,
    }))
}

// A project has no mark: that it was the organization's is noted, or it is not told.
function projects(wanted: readonly Wanted[], { projects: all, noted }: Objects): readonly Left[] {
  return all
    .filter(({ name }) => noted.projects?.includes(name))
    .filter(({ name }) => !wanted.some((one) => one.kind === 'project' && one.name === name))
    .map(({ id, name }) => ({
      list: 'projects',
      name,
      text: `The project ${name} is no longer in the inventory: it stays, with what is still in it. To let it go, once it is empty: ${AT}/projects/${id}`,
    }))
}

function buckets({ leftBuckets }: Objects): readonly Left[] {
  return leftBuckets.map(({ id, region }) => ({
    list: 'buckets',
    name: id,
    text: `The bucket ${id} in ${region} is no longer in the inventory: it stays, with what is in it, and costs. To let it go: ${AT}/spaces/${id}`,
  }))
}

function spacesKeys(org: Org, wanted: readonly Wanted[], objects: Objects): readonly Left[] {
  return objects.spacesKeys.flatMap(({ id, name: full }) => {
    const name = keyOfName(full, org.name)?.name
    if (name === undefined || wanted.some((one) => one.kind === 'spaces-key' && one.name === name)) return []
    const text = `The Spaces key ${name} (${id}) is no longer in the inventory: it stays, and whoever has it may use it. To let it go: ${AT}/spaces/access_keys`
    return [{ list: 'spacesKeys', name, text }]
  })
}
