import type * as z from 'zod'
import {
  type Droplet,
  dropletPage,
  type Firewall,
  firewallPage,
  oneDroplet,
  type SshKey,
  sshKeyPage,
} from '../../clients/digitalocean/answers.ts'
import type { Api, Page } from '../../clients/digitalocean/api.ts'
import { type Member, memberPage, type Project, projectPage } from '../../clients/digitalocean/projects.ts'
import { oneReservedIp, type ReservedIp, reservedIpPage } from '../../clients/digitalocean/reserved-ips.ts'
import { KEYS, keyAt, oneSpacesKey, type SpacesKey, spacesKeyPage } from '../../clients/digitalocean/spaces-keys.ts'
import { type Tag, tagPage } from '../../clients/digitalocean/tags.ts'
import { oneVolume, type Volume, volumePage } from '../../clients/digitalocean/volumes.ts'
import { type Vpc, vpcPage } from '../../clients/digitalocean/vpcs.ts'
import type { AtDigitalOcean } from '../../inventory/lock-file-schema.ts'
import type { Org } from '../../inventory/org.ts'
import { againCluster, type ClusterNow, readClusters } from './databases/database-lists.ts'
import { allAddressesIn, firewallName, hasTag, hostTag, keyOfName, orgTag, runKeyName } from './names.ts'
import { readZones, type Zone } from './network/zone-list.ts'
import { type BucketNow, type LeftBucket, readBuckets, readLeftBuckets } from './storage/bucket-list.ts'
import { type KeptKey, readKept } from './storage/kept-keys.ts'

/** What an organization has at DigitalOcean, as lists tell it: one call each, however many objects there are. */
export interface Objects {
  readonly droplets: readonly Droplet[]
  readonly firewalls: readonly Firewall[]
  readonly sshKeys: readonly SshKey[]
  readonly zones: readonly Zone[]
  readonly clusters: readonly ClusterNow[]
  readonly buckets: readonly BucketNow[]
  /** Those that the inventory names no more. */
  readonly leftBuckets: readonly LeftBucket[]
  /** Those that a run made for itself, and those for the platform. */
  readonly spacesKeys: readonly SpacesKey[]
  /** Of those for the platform, the ones whose secret is known. */
  readonly keptKeys: readonly KeptKey[]
  /** Names of those that were begun here, and whose secret was never heard. */
  readonly begunKeys: readonly { readonly id: string }[]
  readonly vpcs: readonly Vpc[]
  /** Of the whole account: a name may be somebody else's. */
  readonly volumes: readonly Volume[]
  readonly reservedIps: readonly ReservedIp[]
  /** Asked where a host's reserved address does not lead to it: they tell which one it was. */
  readonly tags: readonly Tag[]
  readonly projects: readonly Project[]
  readonly projectMembers: readonly Member[]
  /** What earlier runs noted of it. */
  readonly noted: AtDigitalOcean
}

export type ListName = Exclude<keyof Objects, 'noted'>

/** One list of the API, or what takes more calls than that. */
export type List<T> = (
  | Paged<T>
  | { readonly read: (api: Api, org: Org, noted: AtDigitalOcean) => Promise<readonly T[]> }
) &
  Again<T>

/** One call, for each page. */
export interface Paged<T> {
  /** Where it is asked; undefined: this organization needs nothing of it, and as far as is noted has nothing there. */
  readonly path: (org: Org, noted: AtDigitalOcean) => string | undefined
  /** Where it is asked once the others are known, if `path` gave nothing. */
  readonly later?: (org: Org, known: Objects, noted: AtDigitalOcean) => string | undefined
  readonly page: z.ZodType<Page<T>>
  /** What of it is the organization's; all, unless said. */
  readonly ours?: (one: T, org: Org) => boolean
}

interface Again<T> {
  /** Reads one by its own address, which may show what lists do not show yet. */
  readonly again?: (api: Api, one: T) => Promise<T | undefined>
}

/** What is asked. */
export const LISTS: { readonly [Name in ListName]: List<Objects[Name][number]> } = {
  droplets: {
    path: ({ name }) => dropletsAt(name),
    page: dropletPage,
    again: async (api, { id }) => (await api.get(`/v2/droplets/${id}`, oneDroplet))?.droplet,
  },
  firewalls: {
    path: () => '/v2/firewalls',
    page: firewallPage,
    ours: ({ name }, org) => name === firewallName(org.name),
  },
  sshKeys: { path: () => '/v2/account/keys', page: sshKeyPage },
  // Asked only where the inventory has names, clusters and buckets, or had them.
  zones: { read: readZones },
  clusters: { read: readClusters, again: againCluster },
  buckets: { read: (_, org, noted) => readBuckets(org, noted) },
  leftBuckets: { read: (_, org, noted) => readLeftBuckets(org, noted) },
  spacesKeys: {
    path: ({ digitalocean }, { spacesKeys }) => {
      const { spaces } = digitalocean ?? {}
      return (spaces && (!spaces.key || spaces.keys.length)) || spacesKeys?.length ? KEYS : undefined
    },
    page: spacesKeyPage,
    ours: ({ name }, org) => name === runKeyName(org.name) || keyOfName(name, org.name) !== undefined,
    again: async (api, { id }) => (await api.get(keyAt(id), oneSpacesKey))?.key,
  },
  // What this machine keeps.
  keptKeys: { read: async (_, org) => readKept(org.name).keys },
  begunKeys: { read: async (_, org) => readKept(org.name).begun.map((id) => ({ id })) },
  vpcs: {
    path: ({ digitalocean }, { vpcs }) => (digitalocean?.vpc || vpcs?.length ? '/v2/vpcs' : undefined),
    page: vpcPage,
  },
  volumes: {
    path: ({ hosts }, { volumes }) =>
      hosts.some(({ droplet }) => droplet?.volumes.length) || volumes?.length ? '/v2/volumes' : undefined,
    // Those that left the inventory are told.
    later: (_, { droplets }) => (droplets.some((one) => one.volume_ids?.length) ? '/v2/volumes' : undefined),
    page: volumePage,
    again: async (api, { id }) => (await api.get(`/v2/volumes/${id}`, oneVolume))?.volume,
  },
  reservedIps: {
    path: ({ hosts }, { reservedIps }) =>
      hosts.some(({ droplet }) => droplet?.reservedIp) || reservedIps?.length ? '/v2/reserved_ips' : undefined,
    // Those that left the inventory are told.
    later: ({ name, hosts }, { droplets }) => {
      const wanted = hosts.flatMap((host) => (host.droplet?.reservedIp ? [host.name] : []))
      const of = [
        ...allAddressesIn(
          droplets.flatMap(({ tags }) => tags),
          name,
        ).values(),
      ]
      return of.some((host) => !wanted.includes(host)) ? '/v2/reserved_ips' : undefined
    },
    page: reservedIpPage,
    again: async (api, { ip }) => (await api.get(`/v2/reserved_ips/${ip}`, oneReservedIp))?.reserved_ip,
  },
  tags: {
    path: () => undefined,
    later: ({ name, hosts }, { droplets, reservedIps }, noted) => {
      const led = (host: string) => {
        const one = droplets.find((its) => hasTag(its, hostTag(name, host)))
        return reservedIps.some(({ droplet }) => one && droplet?.id === one.id)
      }
      const wanted = hosts.filter(({ droplet }) => droplet?.reservedIp).map((host) => host.name)
      const hasLeft = noted.reservedIps?.some((host) => !wanted.includes(host))
      return hasLeft || !wanted.every(led) ? '/v2/tags' : undefined
    },
    page: tagPage,
  },
  projects: {
    path: ({ digitalocean }, { projects }) => (digitalocean?.project || projects?.length ? '/v2/projects' : undefined),
    page: projectPage,
  },
  projectMembers: {
    path: () => undefined,
    later: ({ digitalocean }, { projects }) => {
      const one = projects.find(({ name }) => name === digitalocean?.project)
      return one && `/v2/projects/${one.id}/resources`
    },
    page: memberPage,
  },
}

/** The list of an organization's droplets. */
export const dropletsAt = (org: string): string => `/v2/droplets?tag_name=${encodeURIComponent(orgTag(org))}`
