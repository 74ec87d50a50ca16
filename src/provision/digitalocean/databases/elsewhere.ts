import type { Org } from '../../../inventory/org.ts'
import { dropletOf } from '../droplets/droplet.ts'
import type { Objects } from '../lists.ts'
import { clusterOf, wishes } from './cluster-wanted.ts'

/** In words, the clusters that are in another private network than a droplet of their region; a cluster stays in the one that it was made in. */
export const elsewhere = (org: Org, objects: Objects): readonly string[] =>
  wishes(org).flatMap(({ name }) => {
    const one = clusterOf(objects, org.name, name)
    const network = one?.private_network_uuid
    if (!network) return []
    const near = org.hosts.filter(({ droplet }) => droplet?.region === one.region)
    const [host] = near.flatMap((at) => {
      const vpc = dropletOf(objects, org.name, at.name)?.vpc_uuid
      return vpc && vpc !== network ? { name: at.name, vpc } : []
    })
    if (!host) return []
    const move = `doctl databases migrate ${one.id} --region ${one.region} --private-network-uuid ${host.vpc}`
    return `the database cluster ${name} is in another private network than ${host.name}, and is reached by its public address. To have it in that one: ${move}`
  })
