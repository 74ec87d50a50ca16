import { step } from '../engine/resource.ts'
import { NOTHING, type Tally } from '../engine/run.ts'
import type { Secret } from '../engine/secret.ts'
import type { Org } from '../inventory/org.ts'
import type { Account } from '../provision/digitalocean/account.ts'
import type { Objects } from '../provision/digitalocean/lists.ts'
import { operator } from '../provision/digitalocean/operator.ts'
import { resourceOf } from '../provision/digitalocean/resource-of.ts'
import { keysIn, lineOf, readKept, writeKept } from '../provision/digitalocean/storage/kept-keys.ts'
import { currentKey, isUnclear, spacesKeysWanted } from '../provision/digitalocean/storage/spaces-key.ts'
import { alone, type Context, converged } from './at-provider.ts'
import { isMet, type Met, type NotMet } from './meet.ts'

/**
 * The secrets of the platform's keys are known: those that another operator made are taken from the first manager into this machine's
 * state; where nobody has one any more, another key is made. `isKnown` is false where the first manager exists and is not reached.
 */
export async function keysKnown(
  org: Org,
  account: Account,
  met: readonly (Met | NotMet)[],
  context: Context,
): Promise<{ readonly tally: Tally; readonly isKnown: boolean }> {
  const wanted = spacesKeysWanted(org)
  const name = org.hosts.find(({ role }) => role === 'manager')?.name
  const first = met.find(({ wish }) => wish.name === name)
  const isReached = first === undefined || isMet(first) || first.fault === undefined
  if (!wanted.length || !isReached) return { tally: NOTHING, isKnown: isReached }
  const before = await account.read()
  const unclear = wanted.filter((one) => isUnclear(one.name, before, org))
  if (unclear.length) {
    account.made({ keptKeys: first && isMet(first) ? keysIn(first.contact.keptKeys) : [] })
    account.stale()
  }
  const objects = await account.read()
  const keys = step({
    id: 'spaces-keys',
    title: "The secrets of the platform's Spaces keys are known",
    hosts: () => [operator],
    resources: () => unclear.map((one) => resourceOf(org, one, account, objects)),
  })
  const tally = unclear.length ? await alone(org, context, () => converged(org, keys, context)) : NOTHING
  if (!context.plan) await keepHere(org, await account.read())
  return { tally, isKnown: true }
}

/** What the first manager is to keep; undefined before all of the keys are there. */
export function lineKept(org: Org, objects: Objects): Secret | undefined {
  const wanted = spacesKeysWanted(org)
  const kept = wanted.flatMap(({ name }) => currentKey(name, objects, org)?.kept ?? [])
  return wanted.length && kept.length === wanted.length ? lineOf(kept) : undefined
}

// A secret whose key is gone is worth nothing.
const keepHere = ({ name }: Org, { keptKeys, spacesKeys }: Objects): Promise<void> =>
  writeKept(name, {
    keys: keptKeys.filter((kept) => spacesKeys.some(({ id }) => id === kept.id)),
    begun: readKept(name).begun,
  })
