import type { Step } from '../engine/resource.ts'
import { step } from '../engine/resource.ts'
import { dockerNetwork } from '../resources/docker-network.ts'
import { firstManager } from '../stacks/placement.ts'
import { readPlatform } from '../stacks/platform.ts'
import { sourcesOf } from '../stacks/references.ts'
import { ETHERNET, largestPacket } from './packets.ts'

/** The overlay networks on which services meet. */
export const networks: Step = step({
  id: 'networks',
  title: 'The platform has its networks',
  hosts: (org) => [firstManager(org)],
  resources: ({ org }) => {
    const platform = readPlatform(org.platform)
    const smallest = largestPacket(org)
    return Object.entries(platform.networks).map(([name, options]) => {
      const services = platform.layers.flatMap(({ name: layer, compose }) =>
        Object.entries(compose.services)
          .filter(([, service]) => sourcesOf(service, 'networks').includes(name))
          .map(([service]) => `${layer}_${service}`),
      )
      return dockerNetwork({ name, ...options, mtu: smallest < ETHERNET ? smallest : undefined, services }, org.name)
    })
  },
})
