import type { Action } from './actions.ts'
import type { Cluster } from './databases.ts'
import type { Domain } from './domains.ts'
import type { Droplet } from './droplets.ts'
import type { Firewall } from './firewalls.ts'
import type { Machines } from './machines.ts'
import type { Project } from './projects.ts'
import type { ReservedIp } from './reserved-ips.ts'
import type { SpacesKey } from './spaces-keys.ts'
import type { SshKey } from './ssh-keys.ts'
import type { Volume } from './volumes.ts'
import type { Vpc } from './vpcs.ts'

/** Everything of one account: a test may look at it and change it behind the client's back. */
export interface Account {
  readonly droplets: Map<number, Droplet>
  readonly actions: Map<number, Action>
  readonly firewalls: Map<string, Firewall>
  readonly sshKeys: Map<number, SshKey>
  /** By name. */
  readonly domains: Map<string, Domain>
  readonly clusters: Map<string, Cluster>
  readonly volumes: Map<string, Volume>
  readonly vpcs: Map<string, Vpc>
  readonly projects: Map<string, Project>
  /** By address. */
  readonly reservedIps: Map<string, ReservedIp>
  /** By access key. */
  readonly spacesKeys: Map<string, SpacesKey>
  readonly tags: Set<string>
  /** `SIZE REGION`: such a droplet is refused. */
  readonly soldOut: Set<string>
  /** Passwords and secret keys that were handed out. */
  readonly secrets: string[]
  /** New objects are not yet shown: by lists for so long, by their own address for so long. Lists show for so long what is gone. */
  lag: { listSeconds: number; getSeconds: number; goneSeconds?: number }
  actionSeconds: number
  /** Real hosts behind the droplets; undefined: they are told, and nobody answers there. */
  readonly machines: Machines | undefined
  /** Actions of this type end otherwise than well, or not at all. */
  readonly actionEnds: Map<string, 'errored' | 'never'>
  /** The number that was given last. */
  last: number
  /** A number that nobody has had. */
  readonly next: () => number
}

export const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`

/** A time of the API is whole seconds; when an object began to exist is known better. */
export interface Made {
  readonly madeAt: number
}

/** What lists show of these, in the order in which it was made. */
export const listed = <T extends Made>(account: Account, all: Iterable<T>): readonly T[] =>
  [...all].filter(({ madeAt }) => Date.now() >= madeAt + account.lag.listSeconds * 1000)

/** Is it shown at its own address yet? */
export const shown = (account: Account, { madeAt }: Made): boolean =>
  Date.now() >= madeAt + account.lag.getSeconds * 1000
