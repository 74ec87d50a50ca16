import { type Droplet, dropletPage } from '../../clients/digitalocean/answers.ts'
import { type Api, digitalOceanApi } from '../../clients/digitalocean/api.ts'
import { apiToken } from '../../clients/digitalocean/token.ts'
import { Fault } from '../../engine/fault.ts'
import type { Org, SecretPlace } from '../../inventory/org.ts'
import { dropletsAt, type Objects, readObjects } from './lists.ts'

/** An organization's account: read once, and again after whatever was changed. */
export interface Account {
  readonly api: Api
  readonly read: () => Promise<Objects>
  /** What was read is no longer true. */
  readonly stale: () => void
  /** What was just made: lists may show it only later. */
  readonly made: (what: Partial<Objects>) => void
}

const accounts = new Map<string, Account>()

/** The account of an organization, the same one in all of a run. */
export async function accountOf(
  org: Org,
  token: SecretPlace,
  signal: AbortSignal,
  note: (text: string) => void,
): Promise<Account> {
  const known = accounts.get(org.name)
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
  accounts.set(org.name, account)
  return account
}

/** The droplets of an organization, as the run has read them, or read for themselves. */
export async function dropletsOf(org: string, token: SecretPlace): Promise<readonly Droplet[]> {
  const known = accounts.get(org)
  if (known) return (await known.read()).droplets
  const { signal } = new AbortController()
  return digitalOceanApi(await apiToken(token), signal, () => undefined).list(dropletsAt(org), dropletPage)
}

/** The one of several that there may be; undefined: there is none. @throws Fault where there are two, each told by `say` */
export function onlyOne<T>(all: readonly T[], what: string, say: (one: T) => string): T | undefined {
  if (all.length < 2) return all[0]
  throw new Fault(`${what.charAt(0).toUpperCase()}${what.slice(1)} is there ${all.length} times.`, {
    at: 'operator › cloud',
    because: `groundwork knows its own by name and tag, and will not choose between them:\n${all.map(say).join('\n')}`,
    try: 'delete the one that is not in use at https://cloud.digitalocean.com; then give the same command again',
  })
}
