import { join } from 'node:path'
import { converge } from '../engine/converge.ts'
import type { Report } from '../engine/event.ts'
import { Fault } from '../engine/fault.ts'
import { stateDirectory } from '../engine/places.ts'
import type { Held, Run, Tally } from '../engine/run.ts'
import type { Org } from '../inventory/org.ts'
import { cloud } from '../provision/digitalocean/cloud.ts'
import { operator } from '../provision/digitalocean/operator.ts'
import { exclusively } from '../provision/exclusively.ts'
import type { Platform } from '../stacks/platform-schema.ts'
import { publishedPorts } from '../stacks/published.ts'
import { enabledNames } from '../stacks/routes.ts'
import { withGiven } from './given.ts'
import type { RunOptions } from './options.ts'

/** What a run at the provider needs besides its options. */
interface Context extends RunOptions {
  readonly id: string
  readonly report: Report
  readonly signal: AbortSignal
}

/** Brings what the organization has at its provider to what the inventory says, before any host is met; or tells the plan of it. */
export async function onCloud(org: Org, platform: Platform, context: Context): Promise<Tally> {
  if (context.plan) return along(org, platform, context)
  // Runs on other machines are not seen by this; what two of them made is told as being there twice.
  return exclusively(join(stateDirectory(org.name), 'cloud.lock'), () => along(org, platform, context), {
    seconds: context.wait ? WAIT_SECONDS : 0,
    held,
  })
}

/** The organization with what its provider gives to the platform, once all of it is there. */
export const given = (org: Org, platform: Platform, { plan, signal, report }: Context): Promise<Org> =>
  withGiven(org, platform, { plan, signal, note: notes(report) })

/** What was found at the provider and then on the hosts, in one sum. */
export const together = (first: Tally, then: Tally): Tally => ({
  resources: first.resources + then.resources,
  inSync: first.inSync + then.inSync,
  changed: first.changed + then.changed,
  failed: first.failed + then.failed,
  unknown: first.unknown + then.unknown,
  unexplained: first.unexplained === true || (then.unexplained === true && !first.changed),
})

const WAIT_SECONDS = 3600

const held = (path: string): Fault =>
  new Fault('Another run on this machine changes what this organization has at DigitalOcean.', {
    at: 'operator › cloud',
    because: `it holds ${path}`,
    try: `wait      add --wait\nlook      fuser -v ${path}`,
    exit: 75,
  })

async function along(org: Org, platform: Platform, context: Context): Promise<Tally> {
  const { id, report, signal, plan, only, host, allowReplace } = context
  const names = enabledNames(platform, org)
  const looksOnly = plan || (only !== undefined && only !== 'cloud')
  const note = notes(report)
  const step = await cloud(org, publishedBy(org, platform), names, {
    plan: looksOnly,
    allowReplace,
    host,
    signal,
    note,
  })
  // That the token may not see what the platform needs is told before anything is made.
  await withGiven(org, platform, { plan: true, signal, note })
  const run: Run = {
    id,
    org: { ...org, hosts: [operator] },
    steps: [step],
    hosts: [operator],
    remotes: () => undefined,
    report: plan || !looksOnly ? report : () => undefined,
    signal,
    plan: looksOnly,
    only: undefined,
    lock: async () => FREE,
    // What is lost was named by --allow-replace; nothing else here destroys.
    confirm: async () => undefined,
    guarded: async () => {
      throw new TypeError('no step of the cloud has a guard')
    },
    reconnect: async () => {
      throw new TypeError('the cloud is no host')
    },
  }
  const tally = await converge(run)
  if (looksOnly && !plan && tally.changed)
    throw new Fault(`cloud differs, and --only ${only} needs it.`, {
      at: 'operator › cloud',
      try: 'run it without --only',
    })
  return tally
}

const notes = (report: Report) => (text: string) => report({ event: 'note', host: operator.name, text })

// The one lock there is was taken around all of it.
const FREE: Held = { at: () => undefined, release: async () => undefined, lost: new AbortController().signal }

function publishedBy(org: Org, platform: Platform) {
  const all = org.hosts
    .filter(({ droplet }) => droplet)
    .flatMap((host) => publishedPorts(platform, host))
    .map(({ port, protocol }) => ({ port, protocol, from: [] }))
  return all.filter(
    ({ port, protocol }, index) => all.findIndex((one) => one.port === port && one.protocol === protocol) === index,
  )
}
