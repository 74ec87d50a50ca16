import {
  type Droplet,
  dropletPage,
  type Firewall,
  firewallPage,
  oneDroplet,
  type SshKey,
  sshKeyPage,
} from '../../clients/digitalocean/answers.ts'
import { type Api, digitalOceanApi } from '../../clients/digitalocean/api.ts'
import { apiToken } from '../../clients/digitalocean/token.ts'
import { Fault } from '../../engine/fault.ts'
import type { SecretPlace } from '../../inventory/org.ts'
import { firewallName, hostTag, orgTag } from './names.ts'

/** What an organization has at DigitalOcean, as three lists tell it. */
export interface Objects {
  readonly droplets: readonly Droplet[]
  readonly firewalls: readonly Firewall[]
  readonly sshKeys: readonly SshKey[]
}

/** An organization's account: read once, and again after whatever was changed. */
export interface Account {
  readonly api: Api
  /** @throws Fault where something is there twice */
  readonly read: () => Promise<Objects>
  /** What was read is no longer true. */
  readonly stale: () => void
  /** What was just made: lists may show it only later. */
  readonly made: (what: Partial<Objects>) => void
}

const accounts = new Map<string, Account>()

/** The account of an organization, the same one in all of a run. */
export async function accountOf(
  org: string,
  token: SecretPlace,
  signal: AbortSignal = new AbortController().signal,
  note: (text: string) => void = () => undefined,
): Promise<Account> {
  const known = accounts.get(org)
  if (known) return known
  const api = digitalOceanApi(await apiToken(token), signal, note)
  let objects: Promise<Objects> | undefined
  const made: Partial<Objects>[] = []
  const account: Account = {
    api,
    read: () => {
      objects ??= readObjects(api, org, made)
      return objects
    },
    stale: () => {
      objects = undefined
    },
    made: (what) => {
      made.push(what)
    },
  }
  accounts.set(org, account)
  return account
}

// Three calls, however many hosts there are. They also say whether the token may read what groundwork makes.
async function readObjects(api: Api, org: string, made: readonly Partial<Objects>[]): Promise<Objects> {
  const [droplets, firewalls, sshKeys] = await Promise.all([
    api.list(`/v2/droplets?tag_name=${encodeURIComponent(orgTag(org))}`, dropletPage),
    api.list('/v2/firewalls', firewallPage),
    api.list('/v2/account/keys', sshKeyPage),
  ])
  mustShowTags(droplets, org)
  const ours = withLate(
    firewalls.filter(({ name }) => name === firewallName(org)),
    made.flatMap((one) => one.firewalls ?? []),
  )
  if (ours.length > 1)
    throw twice(
      `the firewall ${firewallName(org)}`,
      ours.map(({ id }) => id),
    )
  const late = made.flatMap((one) => one.droplets ?? []).filter(({ id }) => !droplets.some((one) => one.id === id))
  return {
    droplets: [
      ...droplets,
      ...(await Promise.all(
        late.map(async (one) => (await api.get(`/v2/droplets/${one.id}`, oneDroplet))?.droplet ?? one),
      )),
    ],
    firewalls: ours,
    sshKeys: withLate(
      sshKeys,
      made.flatMap((one) => one.sshKeys ?? []),
    ),
  }
}

// Without the scope tag:read a droplet is listed by its tag and shown without any: ours would look like nobody's, and be made again.
function mustShowTags(droplets: readonly Droplet[], org: string): void {
  const bare = droplets.find((one) => !hasTag(one, orgTag(org)))
  if (!bare) return
  throw new Fault('The token may not read tags, by which droplets are found again. Nothing was changed.', {
    at: 'operator › cloud',
    because: `the droplet ${bare.id} ${bare.name} is listed as one with the tag ${orgTag(org)}, and shown without it`,
    try: 'give the token the scope tag:read as well: https://cloud.digitalocean.com/account/api/tokens',
  })
}

const withLate = <T extends { readonly id: unknown }>(told: readonly T[], made: readonly T[]): readonly T[] => [
  ...told,
  ...made.filter(({ id }) => !told.some((one) => one.id === id)),
]

/** The droplet of a host; undefined: there is none. @throws Fault where there are two */
export function dropletOf({ droplets }: Pick<Objects, 'droplets'>, org: string, host: string): Droplet | undefined {
  const mine = droplets.filter((one) => hasTag(one, hostTag(org, host)))
  if (mine.length > 1)
    throw twice(
      `the droplet of ${host}`,
      mine.map(({ id, name, created_at }) => `${id} ${name}, made ${created_at}`),
    )
  return mine[0]
}

/** Tags are told in any case. */
export const hasTag = ({ tags }: Droplet, tag: string): boolean =>
  tags.some((one) => one.toLowerCase() === tag.toLowerCase())

const twice = (what: string, all: readonly string[]): Fault =>
  new Fault(`${what.charAt(0).toUpperCase()}${what.slice(1)} is there ${all.length} times.`, {
    at: 'operator › cloud',
    because: `groundwork knows its own by name and tag, and will not choose between them:\n${all.join('\n')}`,
    try: 'delete the one that is not in use at https://cloud.digitalocean.com; then give the same command again',
  })
