import { PROJECT } from './job.ts'
import type { Part, PartType } from './part.ts'

/** The type of a resource, as Pulumi's state has it: `digitalocean:index/sshKey:SshKey`. */
export const typeOf = (type: PartType | 'Tag'): string =>
  `digitalocean:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`

/** How Pulumi's state and its plans call a resource. */
export const urnOf = (org: string, { type, name }: Pick<Part, 'type' | 'name'>): string =>
  `urn:pulumi:${org}::${PROJECT}::${typeOf(type)}::${name}`
