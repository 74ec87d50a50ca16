import { Fault } from '../engine/fault.ts'
import type { Secret } from '../engine/secret.ts'
import type { Org } from '../inventory/org.ts'
import { accountOf } from '../provision/digitalocean/account.ts'
import { ofCluster } from '../provision/digitalocean/databases/address.ts'
import type { Objects } from '../provision/digitalocean/lists.ts'
import { givenSecrets } from '../stacks/given.ts'
import type { Platform } from '../stacks/platform-schema.ts'
import type { RunOptions } from './options.ts'

/** How a run asks the provider. */
interface Asking extends Pick<RunOptions, 'plan'> {
  readonly signal: AbortSignal
  readonly note: (text: string) => void
}

/**
 * The organization with what its provider gives to the platform; in a plan without what is not there yet.
 * @throws Fault where the token may not see it, and where it is not there after all
 */
export async function withGiven(org: Org, platform: Platform, { plan, signal, note }: Asking): Promise<Org> {
  const wanted = givenSecrets(platform)
  const { token } = org.digitalocean ?? {}
  if (!wanted.size || !token) return org
  const account = await accountOf(org, token, signal, note)
  const objects = await account.read()
  const given = new Map<string, Secret>()
  for (const [name, source] of wanted) {
    const value = told(org, objects, source)
    if (value) given.set(name, value)
    else if (!plan) throw notThere(name)
  }
  return { ...org, given }
}

type Source = ReturnType<typeof givenSecrets> extends ReadonlyMap<string, infer One> ? One : never

const told = (org: Org, objects: Objects, source: Source): Secret | undefined => ofCluster(org, objects, source)

const notThere = (name: string): Fault =>
  new Fault(`DigitalOcean does not tell what the platform's secret ${name} is to be.`, {
    at: `operator › cloud › secret ${name}`,
    because: 'it was just there, or just made, and is in no list',
    try: 'give the same command again in a minute',
  })
