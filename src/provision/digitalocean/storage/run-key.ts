import type * as z from 'zod'
import { type Api, digitalOceanApi } from '../../../clients/digitalocean/api.ts'
import { Unclear, unclear } from '../../../clients/digitalocean/faults.ts'
import { KEYS, keyAt, newSpacesKey, spacesKeyPage } from '../../../clients/digitalocean/spaces-keys.ts'
import { apiToken, renewal } from '../../../clients/digitalocean/token.ts'
import type { Secret } from '../../../engine/secret.ts'
import type { Org } from '../../../inventory/org.ts'
import type { At, Kind } from '../kind.ts'
import { TRIES } from '../made.ts'
import { runKeyName } from '../names.ts'

/** No key of a run is left over: one that was killed while it made buckets may leave one, whose secret nobody has. */
export interface RunKeyWanted {
  readonly kind: 'run-key'
  /** The key's. */
  readonly name: string
}

/** Where the inventory names no Spaces key. */
export const runKeysWanted = ({ name, digitalocean }: Org): readonly RunKeyWanted[] =>
  digitalocean?.spaces && !digitalocean.spaces.key ? [{ kind: 'run-key', name: runKeyName(name) }] : []

export const runKey: Kind<RunKeyWanted> = {
  title: ({ name }) => `Spaces key ${name}`,
  desired: () => ({ left: 'none' }),
  actual: ({ name }, { spacesKeys }) => {
    const left = spacesKeys.filter((one) => one.name === name)
    return { left: left.map(({ id }) => id).join(', ') || 'none' }
  },
  fix: ({ name }, _, { account }) => removeAll(account.api, name),
}

/**
 * Makes a key for all buckets, and deletes it when `use` has ended, however it ends: at a Ctrl-C too. Where the answer is lost, the
 * secret is lost with it: what was made is deleted, and another one made.
 */
export async function withRunKey(
  { org, account: { api }, signal }: At,
  use: (pair: Secret) => Promise<void>,
): Promise<void> {
  const name = runKeyName(org.name)
  await removeAll(api, name)
  const made: string[] = []
  // Lists may not show yet what was just made.
  const end = async () => {
    const last = await lastCalls(org, signal.aborted ? STOPPING_SECONDS : LAST_SECONDS)
    for (const id of made) await last.remove(keyAt(id))
    await removeAll(last, name)
  }
  try {
    const { key, pair } = await make(api, name)
    made.push(key.id)
    await use(pair)
  } catch (error) {
    // What failed first is told; what is left of the key the next run removes.
    await end().catch(() => undefined)
    throw error
  }
  await end()
}

async function make(api: Api, name: string): Promise<z.output<typeof newSpacesKey>> {
  for (let tries = 1; ; tries++) {
    try {
      const grants = [{ bucket: '', permission: 'fullaccess' }]
      return await api.post(KEYS, { name, grants }, newSpacesKey)
    } catch (error) {
      if (!(error instanceof Unclear)) throw error
      if (tries === TRIES) throw unclear(error)
      await removeAll(api, name)
    }
  }
}

async function removeAll(api: Api, name: string): Promise<void> {
  const all = await api.list(KEYS, spacesKeyPage)
  for (const one of all) if (one.name === name) await api.remove(keyAt(one.id))
}

const LAST_SECONDS = 60
const STOPPING_SECONDS = 3

// By a signal of their own: that of a run that is to stop would cut them.
async function lastCalls({ digitalocean }: Org, seconds: number): Promise<Api> {
  if (!digitalocean) throw new TypeError('an organization without an account has no keys')
  const { token } = digitalocean
  return digitalOceanApi(await apiToken(token), AbortSignal.timeout(seconds * 1000), () => undefined, renewal(token))
}
