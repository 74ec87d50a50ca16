import type { Named } from '../../digitalocean/kind.ts'
import type { ProjectWanted } from '../../digitalocean/project.ts'
import type { VolumeWanted } from '../../digitalocean/storage/volume.ts'
import { urnsOf } from '../../digitalocean/urns.ts'
import { type Input, type Part, told } from '../part.ts'
import type { Now, Parts } from './now.ts'
import { volumePart } from './storage.ts'

export const projectParts: Parts<ProjectWanted> = ({ name, members }, now): readonly Part[] => [
  {
    type: 'Project',
    name,
    of: name,
    id: now.objects.projects.find((one) => one.name === name)?.id,
    inputs: { name, purpose: 'Service or API', environment: 'Production' },
    once: ['description', 'purpose', 'environment', 'isDefault', 'resources'],
  },
  {
    type: 'ProjectResources',
    name,
    of: name,
    // Never known: Pulumi would move what is not of the list any more to the default project, and stumble over what is gone.
    id: undefined,
    inputs: { project: told('Project', name, 'id'), resources: members.flatMap((one) => urnOfMember(one, now)) },
    link: true,
  },
]

function urnOfMember(member: Named, { objects, org }: Now): readonly Input[] {
  if (member.kind === 'droplet') return [told('Droplet', member.name, 'dropletUrn')]
  if (member.kind === 'volume') return [told('Volume', volumePart(member as VolumeWanted), 'volumeUrn')]
  return urnsOf(member, objects, org).slice(0, 1)
}
