import { toldAt } from '../engine/fault-at.ts'
import type { Tally } from '../engine/run.ts'
import type { Org } from '../inventory/org.ts'
import { cloud } from '../provision/digitalocean/cloud.ts'
import type { Platform } from '../stacks/platform-schema.ts'
import { publishedPorts } from '../stacks/published.ts'
import { enabledNames } from '../stacks/routes.ts'
import { alone, type Context, converged, looksOnly, notes } from './at-provider.ts'
import { givenNow } from './given.ts'

export { given } from './given.ts'

/** Brings what the organization has at its provider to what the inventory says, before any host is met; or tells the plan of it. */
export const onCloud = (org: Org, platform: Platform, context: Context): Promise<Tally> =>
  toldAt('operator › cloud', context.signal, () => alone(org, context, () => along(org, platform, context)))

/** What was found at the provider and then on the hosts, in one sum. */
export const together = (first: Tally, then: Tally): Tally => ({
  resources: first.resources + then.resources,
  inSync: first.inSync + then.inSync,
  changed: first.changed + then.changed,
  failed: first.failed + then.failed,
  unknown: first.unknown + then.unknown,
  unexplained: first.unexplained === true || (then.unexplained === true && !first.changed),
})

async function along(org: Org, platform: Platform, context: Context): Promise<Tally> {
  const { report, signal, only, host, allowReplace } = context
  const step = await cloud(org, publishedBy(org, platform), enabledNames(platform, org), {
    plan: looksOnly(context),
    allowReplace,
    host,
    meets: only !== 'cloud',
    signal,
    note: notes(report),
  })
  // That the token may not see what the platform needs is told before anything is made.
  await givenNow(org, platform, context)
  return converged(org, step, context)
}

function publishedBy(org: Org, platform: Platform) {
  const all = org.hosts
    .filter(({ droplet }) => droplet)
    .flatMap((host) => publishedPorts(platform, host))
    .map(({ port, protocol }) => ({ port, protocol, from: [] }))
  return all.filter(
    ({ port, protocol }, index) => all.findIndex((one) => one.port === port && one.protocol === protocol) === index,
  )
}
