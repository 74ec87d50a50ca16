import { step } from '../engine/resource.ts'
import { askedOf } from '../resources/asked-of.ts'
import { nodeLabels } from '../resources/node-label.ts'
import { labelsOf, onlyMembers, swarmMember } from '../resources/swarm-member.ts'
import { firstManager } from '../stacks/placement.ts'

/** Every other host joins, with the labels by which services are placed; who left the inventory is removed. */
export const swarmMembers = step({
  id: 'members',
  title: 'Every host is a member of the swarm',
  resources: ({ host, org }) => {
    const manager = firstManager(org)
    if (host.name === manager.name) return [onlyMembers(org)]
    return [swarmMember(host, manager), askedOf(manager, nodeLabels(host, labelsOf(host, org)))]
  },
})
