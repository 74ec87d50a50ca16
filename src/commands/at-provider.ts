import { join } from 'node:path'
import { converge } from '../engine/converge.ts'
import type { Report } from '../engine/event.ts'
import { Fault } from '../engine/fault.ts'
import { stateDirectory } from '../engine/places.ts'
import type { Step } from '../engine/resource.ts'
import type { Held, Run, Tally } from '../engine/run.ts'
import type { Org } from '../inventory/org.ts'
import { operator } from '../provision/digitalocean/operator.ts'
import { exclusively } from '../provision/exclusively.ts'
import type { RunOptions } from './options.ts'

/** What a run at the provider needs besides its options. */
export interface Context extends RunOptions {
  readonly id: string
  readonly report: Report
  readonly signal: AbortSignal
}

/** Nothing is changed there: a plan, or a run of another step alone. */
export const looksOnly = ({ plan, only }: RunOptions): boolean => plan || (only !== undefined && only !== 'cloud')

export const notes = (report: Report) => (text: string) => report({ event: 'note', host: operator.name, text })

/** Does what no other run on this machine does at the same time; a plan holds nobody up. What runs on two machines make is told as being there twice. */
export const alone = <T>(org: Org, context: Context, work: () => Promise<T>): Promise<T> =>
  context.plan
    ? work()
    : exclusively(join(stateDirectory(org.name), 'cloud.lock'), work, {
        seconds: context.wait ? WAIT_SECONDS : 0,
        held,
      })

/** Brings what a step wants there to be so; or tells the plan of it. @throws Fault where it differs and only another step is to be run */
export async function converged(org: Org, step: Step, context: Context): Promise<Tally> {
  const { id, report, signal, plan, only } = context
  const looks = looksOnly(context)
  const run: Run = {
    id,
    org: { ...org, hosts: [operator] },
    steps: [step],
    hosts: [operator],
    remotes: () => undefined,
    report: plan || !looks ? report : () => undefined,
    signal,
    plan: looks,
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
  if (looks && !plan && tally.changed)
    throw new Fault(`cloud differs, and --only ${only} needs it.`, {
      at: 'operator › cloud',
      try: 'run it without --only',
    })
  return tally
}

const WAIT_SECONDS = 3600

const held = (path: string): Fault =>
  new Fault('Another run on this machine changes what this organization has at DigitalOcean.', {
    at: 'operator › cloud',
    because: `it holds ${path}`,
    try: `wait      add --wait\nlook      fuser -v ${path}`,
    exit: 75,
  })

// The one lock there is was taken around all of it.
const FREE: Held = { at: () => undefined, release: async () => undefined, lost: new AbortController().signal }
