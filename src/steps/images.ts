import type { Step } from '../engine/resource.ts'
import { step } from '../engine/resource.ts'
import type { Host, Org } from '../inventory/org.ts'
import { builtImage, carriedImages as carried, type WantedImage } from '../resources/docker-image.ts'
import { buildBase, buildImage } from '../stacks/build.ts'
import { firstManager, hostsFor } from '../stacks/placement.ts'
import { readPlatform } from '../stacks/platform.ts'
import { imageTag } from '../stacks/recipe.ts'

/** The platform's images, made on the first manager from Debian's packages: no registry is needed. */
export const images: Step = step({
  id: 'images',
  title: 'The images are built',
  hosts: (org) => [firstManager(org)],
  resources: ({ host, org }) => {
    const platform = readPlatform(org.platform)
    return Object.entries(platform.images)
      .sort(([, kind]) => (kind === 'debian' ? -1 : 1))
      .map(([image, kind]) => {
        const tag = imageTag(platform, image, host.codename)
        return builtImage(
          { name: `groundwork/${image}`, tag },
          kind === 'debian' ? buildBase(host.codename) : buildImage(platform, image, host.codename),
        )
      })
  },
})

/** The other hosts have the images of the services that may run there. */
export const carriedImages: Step = step({
  id: 'carried-images',
  title: 'Every host has the images that it may run',
  hosts: (org) => org.hosts.filter((host) => host !== firstManager(org)),
  resources: ({ host, org }) => {
    const wanted = imagesFor(host, org)
    return wanted.length ? [carried(wanted, firstManager(org), host)] : []
  },
})

function imagesFor(host: Host, org: Org): readonly WantedImage[] {
  const platform = readPlatform(org.platform)
  const services = platform.layers.flatMap(({ compose }) => Object.values(compose.services))
  const used = services.filter((service) => hostsFor(service, org.hosts).includes(host)).map(({ image }) => image)
  return Object.keys(platform.images)
    .filter((image) => used.includes(`groundwork/${image}`))
    .map((image) => ({
      name: `groundwork/${image}`,
      tag: imageTag(platform, image, firstManager(org).codename),
    }))
}
