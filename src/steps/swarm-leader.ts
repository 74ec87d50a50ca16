import { step } from '../engine/resource.ts'
import { nodeLabels } from '../resources/node-label.ts'
import { swarm } from '../resources/swarm.ts'
import { labelsOf } from '../resources/swarm-member.ts'
import { firstManager } from '../stacks/placement.ts'
import { overlayPools } from './address-pools.ts'

/** The first manager of the inventory starts the swarm; a swarm that is not ours is told and left. */
export const swarmLeader = step({
  id: 'swarm',
  title: 'The first manager has started the swarm',
  hosts: (org) => [firstManager(org)],
  resources: ({ host, org }) => [
    swarm({ address: host.primaryAddress, pools: overlayPools(org.hosts) }),
    nodeLabels(host, labelsOf(host, org)),
  ],
})
