/** A class of Pulumi's package for DigitalOcean. */
export type PartType =
  | 'SshKey'
  | 'Firewall'
  | 'Vpc'
  | 'Droplet'
  | 'Volume'
  | 'VolumeAttachment'
  | 'ReservedIp'
  | 'ReservedIpAssignment'
  | 'Domain'
  | 'DnsRecord'
  | 'DatabaseCluster'
  | 'DatabaseFirewall'
  | 'DatabaseDb'
  | 'DatabaseUser'
  | 'Project'
  | 'ProjectResources'
  | 'SpacesBucket'

/** One resource of Pulumi: an object of the list is one of them, or two, or one for each place to which it leads. */
export interface Part {
  readonly type: PartType
  /** In Pulumi's state, unique among those of its type. */
  readonly name: string
  /** Of the object, as `--allow-replace` takes it. */
  readonly of: string
  /** In the words of Pulumi's package. */
  readonly inputs: Readonly<Record<string, Input>>
  /** In Pulumi's state; one that ends with `-` goes on there with letters that nobody knows. undefined: it is not there. */
  readonly id: string | undefined
  /** How Pulumi takes in one that is there, where not by `id`; false: it is made once more, which changes nothing. */
  readonly adoptedAs?: string | false
  /** It holds data, or guards it. */
  readonly kept?: boolean
  /** It is made anew: `--allow-replace` names it, and what is wanted of it only another one can have. */
  readonly replace?: boolean
  /** Inputs that are said when it is made, and not looked at once it is. */
  readonly once?: readonly string[]
  /** Properties that are encrypted in the state, besides those that Pulumi knows to be secret. */
  readonly hidden?: readonly string[]
  /** It only says that one object belongs to another: nothing is lost with it. */
  readonly link?: true
  /** Those of other types that are made before it, besides those of which it takes something: `SshKey ana-0123`. */
  readonly after?: readonly string[]
}

/** What is known now, what must not be seen, and what another part tells once it is there. */
export type Input =
  | string
  | number
  | boolean
  | readonly Input[]
  | { readonly secret: string }
  | Told
  | { readonly [key: string]: Input }

/** A property of another part. */
export interface Told {
  readonly toldBy: string
  readonly property: string
  readonly isNumber: boolean
}

export const told = (type: PartType, name: string, property: string, isNumber = false): Told => ({
  toldBy: keyOf({ type, name }),
  property,
  isNumber,
})

/** How parts name each other. */
export const keyOf = ({ type, name }: Pick<Part, 'type' | 'name'>): string => `${type} ${name}`

/** An id in the state is that of a part. */
export const isId = (part: string | undefined, id: string | undefined): boolean =>
  part !== undefined && (part === id || (part.endsWith('-') && id?.startsWith(part) === true))
