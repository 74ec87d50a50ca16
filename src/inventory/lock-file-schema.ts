import * as z from 'zod'
import { addressFault, hostKeyFault } from './addresses.ts'
import { judged } from './forms.ts'

/** What groundwork has found out and relies on from then on. It never holds a secret. */
export interface LockFile {
  readonly hosts: Readonly<Record<string, LockedHost>>
  readonly digitalocean?: AtDigitalOcean | undefined
}

/**
 * What the organization has at DigitalOcean, noted by a run before it is made: each kind by the names by which it is found again.
 * What leaves the inventory is looked for by these, until it is gone there.
 */
export interface AtDigitalOcean extends Partial<Readonly<Record<NotedList, readonly string[]>>> {
  /** Buckets that were seen to be in the account, by name: `nyc3`; `Enabled`, `Suspended` or `none`. */
  readonly buckets?: Readonly<Record<string, NotedBucket>> | undefined
}

/** Hosts with a droplet, hosts with a reserved address, and what has a name of its own. */
export type NotedList =
  | 'droplets'
  | 'volumes'
  | 'reservedIps'
  | 'vpcs'
  | 'zones'
  | 'clusters'
  | 'projects'
  | 'spacesKeys'

export interface NotedBucket {
  readonly region: string
  readonly versioning: string
}

/** A host as it was met: its key's fingerprint, its address, and since when both are so. */
export interface LockedHost {
  readonly hostKey: string
  readonly address: string
  readonly since: string
  /** Its address in the tailnet, once it was entered there. */
  readonly tailnet?: string | undefined
}

/** What the file may say. */
export const lockFileSchema = z.strictObject({
  groundwork: z
    .string()
    .regex(/^\d+\.\d+\.\d+/, "groundwork's version")
    .describe('the version that wrote it'),
  hosts: z
    .record(
      z.string(),
      z.strictObject({
        hostKey: judged(hostKeyFault).describe("fingerprint of the host's key"),
        address: judged(addressFault).describe('the address that the other hosts use'),
        since: z.iso.datetime('a time such as 2026-11-03T21:04:12Z').describe('since when this is so'),
        tailnet: judged(addressFault).optional().describe('its address in the tailnet, once it was entered there'),
      }),
    )
    .describe('what is known of each host'),
  digitalocean: z
    .strictObject({
      ...names('droplets', 'volumes', 'reservedIps', 'vpcs', 'zones', 'clusters', 'projects', 'spacesKeys'),
      buckets: z
        .record(
          z.string(),
          z.strictObject({
            region: z.string().describe('a region such as nyc3'),
            versioning: z.string().describe('Enabled, Suspended or none'),
          }),
        )
        .optional()
        .describe('buckets that were seen to be in the account'),
    })
    .optional()
    .describe('what the organization has at DigitalOcean'),
})

function names(...lists: readonly NotedList[]) {
  const one = z.array(z.string()).optional().describe('names')
  return Object.fromEntries(lists.map((list) => [list, one])) as Record<NotedList, typeof one>
}
