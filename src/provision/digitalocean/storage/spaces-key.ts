import { setTimeout as later } from 'node:timers/promises'
import { Refused, Unclear, unclear } from '../../../clients/digitalocean/faults.ts'
import {
  KEYS,
  keyAt,
  newSpacesKey,
  oneSpacesKey,
  type SpacesKey,
  spacesKeyPage,
} from '../../../clients/digitalocean/spaces-keys.ts'
import { Fault } from '../../../engine/fault.ts'
import type { Org } from '../../../inventory/org.ts'
import type { At, Kind } from '../kind.ts'
import type { Objects } from '../lists.ts'
import { LOOKS_MS, TRIES } from '../made.ts'
import { keyOfName, newKeyName } from '../names.ts'
import { type KeptKey, readKept, writeKept } from './kept-keys.ts'

/** A key of Spaces for the platform's services. */
export interface SpacesKeyWanted {
  readonly kind: 'spaces-key'
  readonly name: string
  /** Another version is another key. */
  readonly version: number
  readonly grants: readonly { readonly bucket: string; readonly permission: string }[]
}

export const spacesKeysWanted = ({ digitalocean }: Org): readonly SpacesKeyWanted[] =>
  (digitalocean?.spaces?.keys ?? []).map(({ name, version, buckets }) => ({
    kind: 'spaces-key',
    name,
    version,
    grants: Object.entries(buckets).map(([bucket, permission]) => ({ bucket, permission })),
  }))

/** Found by its name; its secret, which is told once, is kept here and on the first manager. */
export const spacesKey: Kind<SpacesKeyWanted> = {
  title: ({ name }) => `Spaces key ${name}`,
  desired: ({ version, grants }) => ({ version: String(version), grants: words(grants), secret: 'kept' }),
  actual: ({ name }, objects, org) => {
    const current = currentKey(name, objects, org)
    const one = current?.key ?? newestFirst(name, objects, org)[0]
    return (
      one && {
        version: String(keyOfName(one.name, org.name)?.version),
        grants: words(one.grants),
        secret: current ? 'kept' : 'not known here',
      }
    )
  },
  fix: async (wanted, changes, at) => {
    const current = currentKey(wanted.name, await at.account.read(), at.org)
    await removeBegun(at)
    if (current && !changes.version && (await granted(current.key, wanted, at))) return
    await make(wanted, at)
  },
}

/** The newest of this name whose secret is known: the one that services use, or are about to. */
export function currentKey(
  name: string,
  objects: Objects,
  org: Org,
): { readonly key: SpacesKey; readonly kept: KeptKey } | undefined {
  const { keptKeys } = objects
  for (const key of newestFirst(name, objects, org)) {
    const kept = keptKeys.find(({ id }) => id === key.id)
    if (kept) return { key, kept }
  }
  return undefined
}

/** There is a newer one than what is known here: another operator made it, and the first manager may keep its secret. */
export const isUnclear = (name: string, objects: Objects, org: Org): boolean => {
  const [newest] = newestFirst(name, objects, org)
  return newest !== undefined && !objects.keptKeys.some(({ id }) => id === newest.id)
}

/** @throws Fault for keys of which this machine alone cannot say whether anybody has their secret */
export function mustHaveSecrets(org: Org, objects: Objects): void {
  const unclear = spacesKeysWanted(org).filter(({ name }) => isUnclear(name, objects, org))
  if (!unclear.length) return
  throw new Fault(
    `The secret of the Spaces key ${unclear.map(({ name }) => name).join(', ')} is not on this machine.`,
    {
      at: 'operator › cloud',
      because: 'another operator may have made it, and the first manager keep it, which --only cloud does not ask',
      try: 'run it without --only: it is taken from the first manager, and where nobody has it, another key is made',
    },
  )
}

/** All of this name but those that were begun here and not heard of. Of two in one second the one that was kept later is newer. */
export function newestFirst(name: string, { spacesKeys, keptKeys, begunKeys }: Objects, org: Org) {
  const place = ({ id }: SpacesKey) => {
    const found = keptKeys.findIndex((kept) => kept.id === id)
    return found < 0 ? keptKeys.length : found
  }
  return spacesKeys
    .filter((one) => keyOfName(one.name, org.name)?.name === name && !begunKeys.some(({ id }) => id === one.name))
    .sort((one, other) => other.madeAt - one.madeAt || place(one) - place(other))
}

const words = (grants: SpacesKeyWanted['grants']): string =>
  grants
    .map(({ bucket, permission }) => `${bucket} ${permission}`)
    .sort()
    .join(', ') || 'none'

/** Gives it other grants. The API's description says of its names alone that they change: false, where it stays as it was. */
async function granted(key: SpacesKey, { grants }: SpacesKeyWanted, { account: { api } }: At): Promise<boolean> {
  try {
    await api.put(keyAt(key.id), { name: key.name, grants })
  } catch (error) {
    if (error instanceof Refused && [400, 404, 422].includes(error.status)) return false
    throw error
  }
  const now = await api.get(keyAt(key.id), oneSpacesKey)
  return now !== undefined && words(now.key.grants) === words(grants)
}

// That it was begun is kept before it is asked for, its secret as soon as it is heard: what a killed run leaves is known by that.
async function make({ name, version, grants }: SpacesKeyWanted, at: At): Promise<void> {
  const { org, account } = at
  // A secret whose key is gone is worth nothing.
  const there = (await account.read()).spacesKeys.map(({ id }) => id)
  for (let tries = 1; ; tries++) {
    const full = newKeyName(org.name, name, version)
    await writeKept(org.name, { ...readKept(org.name), begun: [full] })
    try {
      const { key, secret } = await account.api.post(KEYS, { name: full, grants }, newSpacesKey)
      const kept = { id: key.id, name, secret }
      const others = readKept(org.name).keys.filter(({ id }) => there.includes(id))
      await writeKept(org.name, { keys: [kept, ...others], begun: [] })
      account.made({ spacesKeys: [key], keptKeys: [kept] })
      return
    } catch (error) {
      if (error instanceof Refused) await writeKept(org.name, { ...readKept(org.name), begun: [] })
      if (!(error instanceof Unclear)) throw error
      await removeBegun(at)
      if (tries === TRIES) throw unclear(error)
    }
  }
}

/** Removes what was asked for here, and whose secret nobody has heard. Lists may show it only later. */
async function removeBegun({ org, account: { api }, signal }: At): Promise<void> {
  const { keys, begun } = readKept(org.name)
  if (!begun.length) return
  for (const wait of LOOKS_MS) {
    const lost = (await api.list(KEYS, spacesKeyPage)).filter(({ name }) => begun.includes(name))
    for (const { id } of lost) await api.remove(keyAt(id))
    if (lost.length) break
    await later(wait, undefined, { signal })
  }
  await writeKept(org.name, { keys, begun: [] })
}
