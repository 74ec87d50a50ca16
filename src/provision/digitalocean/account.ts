import { type Droplet, dropletPage } from '../../clients/digitalocean/answers.ts'
import { type Api, digitalOceanApi } from '../../clients/digitalocean/api.ts'
import { apiToken, renewal } from '../../clients/digitalocean/token.ts'
import { Fault } from '../../engine/fault.ts'
import type { Org } from '../../inventory/org.ts'
import type { SecretPlace } from '../../inventory/secret-place.ts'
import { dropletsAt, type Objects } from './lists.ts'
import { readObjects } from './read-objects.ts'

/** An organization's account: read once, and again after whatever was changed. */
export interface Account {
  readonly api: Api
  readonly read: () => Promise<Objects>
  /** What was read is no longer true. */
  readonly stale: () => void
  /** What was just made: lists may show it only later. */
  readonly made: (what: Partial<Objects>) => void
  /** A droplet that was just deleted: lists may show it for a while. */
  readonly gone: (droplet: number) => void
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
  const api = digitalOceanApi(await apiToken(token), signal, note, renewal(token))
  let objects: Promise<Objects> | undefined
  const made: Partial<Objects>[] = []
  const gone: number[] = []
  const sparing = sparingKeys(api)
  const account: Account = {
    api,
    read: () => {
      objects ??= readObjects(sparing, org, made).then((all) => ({
        ...all,
        droplets: all.droplets.filter(({ id }) => !gone.includes(id)),
      }))
      return objects
    },
    stale: () => {
      objects = undefined
    },
    made: (what) => {
      made.push(what)
    },
    gone: (droplet) => {
      gone.push(droplet)
      objects = undefined
    },
  }
  accounts.set(org.name, account)
  return account
}

// The list of keys may be asked ten times a minute, whoever in the account asks: once a run. What is made then is known without it.
function sparingKeys(api: Api): Api {
  let keys: Promise<readonly unknown[]> | undefined
  const list: Api['list'] = (path, page) => {
    if (path !== SSH_KEYS) return api.list(path, page)
    keys ??= api.list(path, page)
    return keys as ReturnType<typeof api.list<never>>
  }
  return { ...api, list }
}

const SSH_KEYS = '/v2/account/keys'

/** The droplets of an organization, as the run has read them, or read for themselves. */
export async function dropletsOf(org: string, token: SecretPlace): Promise<readonly Droplet[]> {
  const known = accounts.get(org)
  if (known) return (await known.read()).droplets
  const { signal } = new AbortController()
  const api = digitalOceanApi(await apiToken(token), signal, () => undefined, renewal(token))
  return api.list(dropletsAt(org), dropletPage)
}

/** The one of several that there may be; undefined: there is none. @throws Fault where there are two, each told by `say` */
export function onlyOne<T>(all: readonly T[], what: string, say: (one: T) => string): T | undefined {
  // Somebody else's change between two pages of a list may show one on both.
  const each = new Map(all.map((one) => [say(one), one]))
  if (each.size < 2) return all[0]
  throw new Fault(`${what.charAt(0).toUpperCase()}${what.slice(1)} is there ${each.size} times.`, {
    at: 'operator › cloud',
    because: `groundwork knows its own by name and tag, and will not choose between them:\n${[...each.keys()].join('\n')}`,
    try: 'delete the one that is not in use at https://cloud.digitalocean.com; then give the same command again',
  })
}
