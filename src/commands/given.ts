import { Fault } from '../engine/fault.ts'
import { type Step, step } from '../engine/resource.ts'
import { NOTHING, type Tally } from '../engine/run.ts'
import type { Secret } from '../engine/secret.ts'
import type { Org } from '../inventory/org.ts'
import { type Account, accountOf } from '../provision/digitalocean/account.ts'
import { ofCluster } from '../provision/digitalocean/databases/address.ts'
import type { Objects } from '../provision/digitalocean/lists.ts'
import { noFormerKeys } from '../provision/digitalocean/storage/former-keys.ts'
import { ofSpacesKey } from '../provision/digitalocean/storage/key-values.ts'
import { spacesKeysWanted } from '../provision/digitalocean/storage/spaces-key.ts'
import { givenSecrets } from '../stacks/given.ts'
import { firstManager } from '../stacks/placement.ts'
import type { Platform } from '../stacks/platform-schema.ts'
import type { GivenSource } from '../stacks/secret-schema.ts'
import { type Context, notes } from './at-provider.ts'
import { keysKnown, lineKept } from './keys-known.ts'
import type { Met, NotMet } from './meet.ts'

/** What the hosts' steps get from the provider. */
interface Given {
  /** With what the platform is given. */
  readonly org: Org
  /** Of keys about which only the first manager could tell. */
  readonly tally: Tally
  /** What comes behind all other steps. */
  readonly behind: readonly Step[]
}

/**
 * What the provider gives to the platform, once all of it is there and the hosts are met; in a plan without what is not there yet.
 * @throws Fault where the token may not see it, and where it is not there after all
 */
export async function given(
  org: Org,
  platform: Platform,
  met: readonly (Met | NotMet)[],
  context: Context,
): Promise<Given> {
  const account = await accountFor(org, context)
  if (!account) return { org, tally: NOTHING, behind: [] }
  const { tally, isKnown } = await keysKnown(org, account, met, context)
  const objects = await account.read()
  const values = valuesOf(org, platform, objects)
  const missing = [...givenSecrets(platform).keys()].find((name) => !values.has(name))
  // Nothing is deployed where the first manager is not reached.
  if (missing !== undefined && isKnown && !context.plan && !tally.failed) throw notThere(missing)
  const line = lineKept(org, objects)
  const behind = step({
    id: 'former-keys',
    title: 'No Spaces key is left that no service uses',
    hosts: (of) => [firstManager(of)],
    resources: () => [noFormerKeys(org, account)],
  })
  return {
    org: { ...org, given: values, ...(line && { keptKeys: line }) },
    tally,
    behind: isKnown && spacesKeysWanted(org).length ? [behind] : [],
  }
}

/** What of it is there now. @throws Fault where the token may not see what is there */
export async function givenNow(org: Org, platform: Platform, context: Context): Promise<ReadonlyMap<string, Secret>> {
  const account = await accountFor(org, context)
  return account ? valuesOf(org, platform, await account.read()) : new Map()
}

async function accountFor(org: Org, { signal, report }: Context): Promise<Account | undefined> {
  const { token } = org.digitalocean ?? {}
  return token && accountOf(org, token, signal, notes(report))
}

const valuesOf = (org: Org, platform: Platform, objects: Objects): ReadonlyMap<string, Secret> =>
  new Map(
    [...givenSecrets(platform)].flatMap(([name, source]) => {
      const value = told(org, objects, source)
      return value ? [[name, value] as const] : []
    }),
  )

const told = (org: Org, objects: Objects, source: GivenSource): Secret | undefined =>
  'cluster' in source ? ofCluster(org, objects, source) : ofSpacesKey(org, objects, source)

const notThere = (name: string): Fault =>
  new Fault(`DigitalOcean does not tell what the platform's secret ${name} is to be.`, {
    at: `operator › cloud › secret ${name}`,
    because: 'it was just there, or just made, and is in no list',
    try: 'give the same command again in a minute',
  })
