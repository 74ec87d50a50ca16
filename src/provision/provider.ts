import type { Report } from '../engine/event.ts'
import type { HostWish } from '../inventory/org.ts'

/** Where a host is, and by what it is known: enough to connect without trusting anybody on first sight. */
export interface Endpoint {
  readonly address: string
  readonly port: number
  /** `SHA256:…`, as `ssh-keygen -lf` prints it; undefined: nobody knows it yet, a person must confirm it. */
  readonly hostKey: string | undefined
  /** Path of a private key on this machine; undefined: agent, ~/.ssh/config. */
  readonly identity: string | undefined
  readonly sharesKernel: boolean
  /** Its address in the tailnet: it is entered there instead, without jump hosts. */
  readonly tailnet?: string
}

/** How a host comes to exist. Knows nothing of steps. */
export interface Provider {
  /** The host as it is now, or undefined where it does not exist yet. Changes nothing. */
  readonly find: (org: OrgName, host: HostWish) => Promise<Endpoint | undefined>
  /** Makes the host, or adopts what an interrupted run left of it; a second call changes nothing. */
  readonly make: (org: OrgName, host: HostWish, report: Report) => Promise<Endpoint>
}

/** An organization's name, which separates its hosts, state and cache from any other's. */
export type OrgName = string
