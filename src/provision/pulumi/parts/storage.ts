import { dropletOf } from '../../digitalocean/droplets/droplet.ts'
import type { BucketWanted } from '../../digitalocean/storage/bucket.ts'
import { type VolumeWanted, volumeOf } from '../../digitalocean/storage/volume.ts'
import { type Part, told } from '../part.ts'
import { type Parts, withOthers } from './now.ts'

/** In another region it is another volume, and the old one stays: so the region is part of its name. */
export const volumePart = ({ name, region }: VolumeWanted): string => `${name}-${region}`

export const volumeParts: Parts<VolumeWanted> = (wanted, { org, objects }): readonly Part[] => {
  const { name, region, sizeGiB, host, tags } = wanted
  const found = volumeOf(wanted, objects, org)
  const one = found?.region.slug === region ? found : undefined
  const droplet = dropletOf(objects, org.name, host)
  const isAttached = one && droplet && one.droplet_ids?.includes(droplet.id)
  const part = volumePart(wanted)
  return [
    {
      type: 'Volume',
      name: part,
      of: name,
      id: one?.id,
      inputs: {
        name,
        region,
        size: sizeGiB,
        description: `groundwork ${org.name}, ${host}`,
        tags: withOthers(tags, one?.tags),
      },
      kept: true,
      once: ['description'],
    },
    {
      type: 'VolumeAttachment',
      name: part,
      of: name,
      id: isAttached ? `${droplet.id}-${one.id}-` : undefined,
      adoptedAs: false,
      inputs: { volumeId: told('Volume', part, 'id'), dropletId: told('Droplet', host, 'id', true) },
      link: true,
    },
  ]
}

/** What is in it is nobody's business, and so are the rules that somebody gave it. */
export const bucketParts: Parts<BucketWanted> = ({ name, region, versioning }, { objects }) => {
  const isThere = objects.buckets.some(({ id }) => id === name)
  return [
    {
      type: 'SpacesBucket',
      name,
      of: name,
      id: isThere ? name : undefined,
      ...(isThere && { adoptedAs: `${region},${name}` }),
      inputs: { name, region, ...(versioning && { versioning: { enabled: true } }) },
      kept: true,
      once: ['acl', 'corsRules', 'lifecycleRules', 'forceDestroy', ...(versioning ? [] : ['versioning'])],
    },
  ]
}
