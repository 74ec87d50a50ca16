import * as digitalocean from '@pulumi/digitalocean'
import * as pulumi from '@pulumi/pulumi'
import type { DropletWanted } from '../digitalocean/droplets/droplet.ts'
import { orgTag } from '../digitalocean/names.ts'
import type { FirewallWanted } from '../digitalocean/network/firewall.ts'
import type { SshKeyWanted } from '../digitalocean/ssh-key.ts'
import type { Planned } from './job.ts'
import type { InPulumi } from './kinds.ts'
import { nameIn, urnOf } from './urn.ts'

type Made = pulumi.CustomResource

/** What an object is made with. */
interface With {
  readonly org: string
  readonly options: pulumi.CustomResourceOptions
  /** What is before it in the list, and the organization's tag. */
  readonly made: readonly Made[]
  readonly userData: string | undefined
  readonly network: string | undefined
}

type Maker<W extends InPulumi> = (wanted: W, at: With) => Made

const MAKERS: { readonly [W in InPulumi as W['kind']]: Maker<W> } = {
  'ssh-key': key,
  firewall,
  droplet,
}

/**
 * The inline program of everything an organization has at DigitalOcean, in the order of the list. What holds data is protected,
 * and what can only be said when a thing is made is looked at no more once it is.
 */
export const program = (org: string, list: readonly Planned[]) => async (): Promise<void> =>
  makeAll(org, list, ({ wanted, kept, replace }) => ({
    protect: kept && !replace,
    // Two with the same tag, even for a minute, would be one too many.
    deleteBeforeReplace: true,
    ...(!replace && { ignoreChanges: ONCE[wanted.kind] }),
  }))

/** The same, of what is there: takes what has one of these names into the state as it is found, and changes nothing of any. */
export const adoption = (org: string, list: readonly Planned[], urns: readonly string[]) => async (): Promise<void> =>
  makeAll(
    org,
    list.filter(({ id }) => id !== undefined),
    ({ wanted, kept, id }) => ({
      protect: kept,
      ignoreChanges: ['*'],
      ...(id !== undefined && urns.includes(urnOf(org, wanted)) && { import: id }),
    }),
  )

function makeAll(
  org: string,
  list: readonly Planned[],
  optionsFor: (planned: Planned) => pulumi.CustomResourceOptions,
): void {
  const made: Made[] = [new digitalocean.Tag(orgTag(org), { name: orgTag(org) })]
  for (const planned of list) {
    const { wanted, userData, network } = planned
    const make = MAKERS[wanted.kind] as Maker<InPulumi>
    made.push(make(wanted, { org, options: optionsFor(planned), made, userData, network }))
  }
}

// What another value of would be another object, or is somebody's own: a key may have a name that a person gave it.
const ONCE: { readonly [Kind in InPulumi['kind']]: string[] } = {
  'ssh-key': ['name'],
  firewall: [],
  droplet: ['name', 'image', 'userData', 'sshKeys', 'monitoring', 'dropletAgent', 'ipv6', 'vpcUuid', 'backupPolicy'],
}

function key(wanted: SshKeyWanted, { org, options }: With): Made {
  return new digitalocean.SshKey(
    nameIn(wanted),
    { name: `groundwork-${org} ${wanted.name}`, publicKey: wanted.publicKey },
    options,
  )
}

function firewall(wanted: FirewallWanted, { options, made }: With): Made {
  const rules = {
    inboundRules: wanted.inbound.map(({ protocol, ports, addresses, tags: from }) => ({
      ...portsOf(protocol, ports),
      ...(addresses && { sourceAddresses: [...addresses] }),
      ...(from && { sourceTags: [...from] }),
    })),
    outboundRules: wanted.outbound.map(({ protocol, ports, addresses, tags: to }) => ({
      ...portsOf(protocol, ports),
      ...(addresses && { destinationAddresses: [...addresses] }),
      ...(to && { destinationTags: [...to] }),
    })),
  }
  return new digitalocean.Firewall(
    nameIn(wanted),
    { name: wanted.name, tags: [wanted.tag], ...rules },
    { ...options, dependsOn: tags(made) },
  )
}

// The API says 0 for all of them; its provider says `all`, and nothing for icmp.
const portsOf = (protocol: string, ports: string) => ({
  protocol,
  ...(protocol !== 'icmp' && { portRange: ports === '0' ? 'all' : ports }),
})

function droplet(wanted: DropletWanted, { options, made, userData, network }: With): Made {
  const { name, region, size, image, backups, monitoring, sshKeys } = wanted
  return new digitalocean.Droplet(
    name,
    {
      name,
      region,
      size,
      image,
      backups,
      monitoring,
      tags: [...wanted.tags],
      sshKeys: [...sshKeys],
      ...(network !== undefined && { vpcUuid: network }),
      // The disk stays as it is, so that the droplet can be made smaller again.
      resizeDisk: false,
      gracefulShutdown: true,
      // It holds the key of its first minutes.
      ...(userData !== undefined && { userData: pulumi.secret(userData) }),
    },
    { ...options, dependsOn: [...tags(made), ...keys(made)], additionalSecretOutputs: ['userData'] },
  )
}

const tags = (made: readonly Made[]): Made[] => made.filter((one) => one instanceof digitalocean.Tag)
const keys = (made: readonly Made[]): Made[] => made.filter((one) => one instanceof digitalocean.SshKey)
