import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import type { Remotes } from '../engine/ask.ts'
import { converge } from '../engine/converge.ts'
import type { Event, Report } from '../engine/event.ts'
import { Fault } from '../engine/fault.ts'
import type { Run, Tally } from '../engine/run.ts'
import { readLockFile, writeLockFile } from '../inventory/lock-file.ts'
import type { Host, Org } from '../inventory/org.ts'
import { readInventory } from '../inventory/read.ts'
import { faultEvent } from '../report/fault.ts'
import { hints } from '../report/hints.ts'
import { openJournal } from '../report/journal.ts'
import { readers } from '../report/reader.ts'
import { screenOn } from '../report/screen.ts'
import { guarded } from '../safety/guarded.ts'
import { mustFit } from '../stacks/fit.ts'
import { readPlatform } from '../stacks/platform.ts'
import { leftOut } from '../steps/base.ts'
import { steps } from '../steps/index.ts'
import { undoArmed } from './armed.ts'
import { downloads } from './downloads.ts'
import { onInterrupt } from './interrupt.ts'
import { takeLocks } from './locks.ts'
import { isMet, type Met, meetAll, type NotMet } from './meet.ts'
import { withOperatorKeys } from './operators.ts'
import { COMMAND, type RunOptions } from './options.ts'
import { organizationKey } from './organization-key.ts'
import { asking, confirmation } from './questions.ts'

/** The main job: from the inventory to the running platform, or the plan of it. @returns the exit status */
export async function bootstrap(options: RunOptions, list: typeof steps = steps): Promise<number> {
  const started = performance.now()
  const read = readInventory(options.inventory)
  const screen = screenOn(process.stdout, {
    json: options.json,
    verbose: options.verbose,
    hints: options.plan ? [] : hints(read, COMMAND),
  })
  const id = randomBytes(6).toString('hex')
  const journal = options.plan ? undefined : openJournal(read.name, id)
  const reader = journal ? readers(journal, screen) : screen
  const fetched = downloads()
  const stop = onInterrupt((event) => reader.report(event))
  let over = false
  const report: Report = (event) => {
    // What was left under way may still speak.
    if (over) return
    fetched.see(event)
    stop.see(event)
    reader.report(event)
  }
  report({
    event: 'run',
    version: 1,
    org: read.name,
    platform: basename(read.platform),
    inventory: options.inventory,
    hosts: read.hosts.length,
    plan: options.plan,
    run: id,
  })
  let met: readonly (Met | NotMet)[] = []
  let tally: Tally = { resources: 0, inSync: 0, changed: 0, failed: 0, unknown: 0 }
  let exit = 1
  const work = async () => {
    // What is wrong with the platform, or between it and the hosts, is told before anything is made or connected.
    const platform = readPlatform(read.platform)
    if (options.only === undefined) mustFit(platform, read)
    const ready = await withOperatorKeys(read)
    met = await meetAll(ready, readLockFile(read), options.plan, asking(screen.hold), report)
    tally = await onHosts(ready, met, { ...options, list, id, report, hold: screen.hold, signal: stop.signal })
    if (!options.plan) await writeLockFile(read, keysOf(met))
    exit = options.plan ? planExit(tally, met.some(missing)) : tally.failed || tally.unknown ? 1 : 0
  }
  try {
    await Promise.race([work(), stop.cut])
  } catch (thrown) {
    const error = reasonOf(thrown)
    if (error instanceof Fault) {
      report(faultEvent(error))
      exit = error.exit
      tally.failed++
    } else if (!stop.signal.aborted) throw error
    if (stop.signal.aborted) exit = 130
  } finally {
    stop.done()
    const remotes = met.filter(isMet).map(({ remote }) => remote)
    report(
      summary(
        met,
        tally,
        remotes.length,
        remotes.reduce((sum, { sessions }) => sum + sessions, 0),
        fetched,
        started,
        exit,
      ),
    )
    over = true
    for (const remote of remotes) remote.close()
    reader.end()
  }
  if (stop.unread() && exit === 130) process.stderr.write(`${UNREAD}\n`)
  return exit
}

const UNREAD =
  'groundwork: nobody reads what it says any more, so it has stopped as at Ctrl-C. The same command goes on from here.'

// What waits with a signal throws an error of its own around the reason.
const reasonOf = (error: unknown): unknown =>
  error instanceof Error && error.name === 'AbortError' && error.cause !== undefined ? error.cause : error

// What cannot be told while something before it is to be changed is no fault: a stopped Docker hides what stands on it.
const planExit = ({ changed, failed, unknown, unexplained }: Tally, wouldBeMade: boolean): number =>
  failed || unexplained ? 1 : changed || wouldBeMade ? 2 : unknown ? 1 : 0

interface Context extends RunOptions {
  readonly list: typeof steps
  readonly id: string
  readonly report: Report
  readonly signal: AbortSignal
  readonly hold: Parameters<typeof confirmation>[1]
}

async function onHosts(read: Org, all: readonly (Met | NotMet)[], context: Context): Promise<Tally> {
  const { report, plan } = context
  const met = all.filter(isMet)
  const lost = all.filter((one): one is NotMet & { fault: Fault } => !isMet(one) && one.fault !== undefined)
  for (const { fault } of lost) report(faultEvent(fault))
  for (const { wish } of all.filter(missing)) report(wouldBeMade(wish.name))
  if (!met.length) return { resources: 0, inSync: 0, changed: 0, failed: lost.length, unknown: 0 }

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

const missing = (one: Met | NotMet): one is NotMet => !isMet(one) && one.fault === undefined

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

const keysOf = (met: readonly (Met | NotMet)[]) =>
  Object.fromEntries(
    met
      .filter(isMet)
      .map(({ wish, fingerprint, contact }) => [
        wish.name,
        { hostKey: fingerprint, address: contact.facts.primaryAddress },
      ]),
  )

function summary(
  met: readonly (Met | NotMet)[],
  { unexplained: _, ...tally }: Tally,
  connections: number,
  sessions: number,
  fetched: ReturnType<typeof downloads>,
  started: number,
  exit: number,
): Event {
  const planned = met.filter(missing).length
  return {
    event: 'summary',
    hosts: met.length,
    ...tally,
    changed: tally.changed + planned,
    connections,
    sessions,
    ...fetched.total(),
    seconds: (performance.now() - started) / 1000,
    exit,
  }
}
