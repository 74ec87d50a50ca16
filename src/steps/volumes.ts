import type { Step } from '../engine/resource.ts'
import { step } from '../engine/resource.ts'
import { dataDirectory, dockerVolume } from '../resources/docker-volume.ts'
import { hostsFor } from '../stacks/placement.ts'
import { readPlatform } from '../stacks/platform.ts'
import type { ComposeService, Platform } from '../stacks/platform-schema.ts'
import { sourcesOf } from '../stacks/references.ts'

/** Data lies in directories of the hosts on which the services that need it may run. */
export const volumes: Step = step({
  id: 'volumes',
  title: 'Data has its directories and volumes',
  resources: ({ host, org }) => {
    const platform = readPlatform(org.platform)
    return Object.entries(platform.volumes)
      .filter(([name]) => servicesWith(platform, name).some((service) => hostsFor(service, org.hosts).includes(host)))
      .flatMap(([name, { directory, owner, mode }]) => [
        dataDirectory(directory, owner, mode),
        dockerVolume(name, directory, org.name),
      ])
  },
})

const servicesWith = (platform: Platform, volume: string): readonly ComposeService[] =>
  platform.layers
    .flatMap(({ compose }) => Object.values(compose.services))
    .filter((service) => sourcesOf(service, 'volumes').includes(volume))
