import type { Step } from '../engine/resource.ts'
import { step } from '../engine/resource.ts'
import { blockVolume, volumeDirectory } from '../resources/block-volume.ts'
import { packages } from '../resources/packages.ts'

/** Before Docker, so that nothing can write where a volume belongs while it is not there. */
export const disks: Step = step({
  id: 'disks',
  title: 'Block volumes are mounted, with their folders',
  hosts: ({ hosts }) => hosts.filter(({ droplet }) => droplet?.volumes.length),
  resources: ({ host }) => [
    packages('e2fsprogs'),
    ...(host.droplet?.volumes ?? []).flatMap(({ name, at, directories }) => [
      blockVolume({ name, at, device: deviceOf(name) }),
      ...directories.map(({ path, owner, mode }) => volumeDirectory(at, path, owner, mode)),
    ]),
  ],
})

// As DigitalOcean names them: https://docs.digitalocean.com/products/volumes/how-to/mount/
const deviceOf = (name: string): string => `/dev/disk/by-id/scsi-0DO_Volume_${name}`
