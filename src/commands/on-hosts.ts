import { converge } from '../engine/converge.ts'
import type { Event, Report } from '../engine/event.ts'
import { Fault } from '../engine/fault.ts'
import type { Remotes } from '../engine/remote.ts'
import { NOTHING, type Run, type Tally } from '../engine/run.ts'
import type { Host, Org } from '../inventory/org.ts'
import { faultEvent } from '../report/fault.ts'
import { guarded } from '../safety/guarded.ts'
import { leftOut } from '../steps/base.ts'
import type { steps } from '../steps/index.ts'
import { undoArmed } from './armed.ts'
import { takeLocks } from './locks.ts'
import { isMet, type Met, type NotMet } from './meet.ts'
import { COMMAND, type RunOptions } from './options.ts'
import { organizationKey } from './organization-key.ts'
import { confirmation } from './questions.ts'

/** What a run along the list needs besides its hosts. */
export interface Context extends RunOptions {
  readonly list: typeof steps
  readonly id: string
  readonly report: Report
  readonly signal: AbortSignal
  readonly hold: Parameters<typeof confirmation>[1]
}

/** Brings the hosts that were met to what the list says, and tells of those that were not. */
export async function onHosts(read: Org, all: readonly (Met | NotMet)[], context: Context): Promise<Tally> {
  const { report, plan } = context
  const met = all.filter(isMet)
  const lost = all.filter((one): one is NotMet & { fault: Fault } => !isMet(one) && one.fault !== undefined)
  for (const { fault } of lost) report(faultEvent(fault))
  for (const { wish } of all.filter(missing)) report(wouldBeMade(wish.name))
  if (!met.length) return { ...NOTHING, failed: lost.length }

  const first = met.find(({ wish }) => wish.name === read.hosts.find(({ role }) => role === 'manager')?.name)
  const key = await organizationKey(
    read.name,
    first && { host: first.wish.name, ...first.contact },
    !plan && !lost.some(({ wish }) => wish.role === 'manager'),
  )
  const hosts = read.hosts.map(
    (wish) =>
      ({ ...wish, ...(met.find((one) => one.wish.name === wish.name)?.contact.facts ?? elsewhere(wish)) }) as Host,
  )
  const org: Org = { ...read, hosts, key }
  const remotes: Remotes = (host) => met.find(({ wish }) => wish.name === host.name)?.remote
  const chosen = hosts.filter((host) => remotes(host) && (!context.host.length || context.host.includes(host.name)))
  const command = `${COMMAND} --inventory ${read.file}`
  const run: Run = {
    id: context.id,
    org,
    steps: context.list(org),
    hosts: chosen,
    remotes,
    report,
    signal: context.signal,
    plan,
    only: context.only,
    guarded,
    confirm: confirmation(context.yes, context.hold),
    lock: (some) =>
      takeLocks(some, {
        remotes,
        run: context.id,
        purpose: purposeOf(context),
        wait: context.wait,
        command,
        report,
        signal: context.signal,
      }),
    reconnect: async (host) => {
      const one = met.find(({ wish }) => wish.name === host.name)
      if (!one) throw new Fault(`${host.name} is not reached.`, { at: host.name })
      return one.reconnect()
    },
  }
  mustKnow(context, run, read)
  for (const step of run.steps)
    report({ event: 'step', step: step.id, title: step.title, state: 'waiting', changed: 0, seconds: 0 })
  await undoArmed(run, met)
  const tally = await converge(run)
  if (plan || tally.changed) {
    for (const host of chosen) for (const text of leftOut(host, org)) report({ event: 'note', host: host.name, text })
  }
  return { ...tally, failed: tally.failed + lost.length }
}

const purposeOf = ({ only, host }: RunOptions): string =>
  ['run', ...(only === undefined ? [] : [`--only ${only}`]), ...host.map((name) => `--host ${name}`)].join(' ')

// A host that is not reached keeps its place: others name it in their hosts files, firewalls and swarm.
const elsewhere = (wish: Org['hosts'][number]) => ({
  primaryAddress: wish.address ?? wish.name,
  distribution: 'debian',
  codename: wish.release,
  architecture: 'amd64',
  memoryMiB: 0,
  cores: 0,
  sharesKernel: wish.provider === 'sandbox',
})

/** A host that does not exist yet. */
export const missing = (one: Met | NotMet): one is NotMet => !isMet(one) && one.fault === undefined

function mustKnow({ only, host }: Context, run: Run, read: Org): void {
  const ids = run.steps.map(({ id }) => id)
  if (only !== undefined && !ids.includes(only))
    throw new Fault(`There is no step ${only}.`, { because: `the steps are ${ids.join(', ')}`, exit: 64 })
  for (const name of host) {
    if (!read.hosts.some((one) => one.name === name))
      throw new Fault(`There is no host ${name} in ${read.file}.`, {
        because: `the hosts are ${read.hosts.map((one) => one.name).join(', ')}`,
        exit: 64,
      })
  }
}

const wouldBeMade = (host: string): Event => ({
  event: 'change',
  state: 'planned',
  host,
  step: 'hosts',
  resource: 'host',
  changes: [{ key: 'host', from: null, to: 'would be made; its plan is known once it exists' }],
})
