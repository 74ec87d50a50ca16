import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import { takeOutSecrets } from '../clients/secret-place.ts'
import type { Event, Report } from '../engine/event.ts'
import { Fault } from '../engine/fault.ts'
import { NOTHING, type Tally } from '../engine/run.ts'
import { readLockFile, writeLockFile } from '../inventory/lock-file.ts'
import type { Org } from '../inventory/org.ts'
import { readInventory } from '../inventory/read.ts'
import { faultEvent } from '../report/fault.ts'
import { hints } from '../report/hints.ts'
import { openJournal } from '../report/journal.ts'
import { readers } from '../report/reader.ts'
import { screenOn } from '../report/screen.ts'
import { mustFit } from '../stacks/fit.ts'
import { readPlatform } from '../stacks/platform.ts'
import { takesGiven } from '../stacks/secrets.ts'
import { steps } from '../steps/index.ts'
import { mustHavePrograms } from '../steps/tailscale.ts'
import { asksProvider } from './asks-provider.ts'
import { downloads } from './downloads.ts'
import { onInterrupt } from './interrupt.ts'
import { isMet, type Met, meetAll, type NotMet } from './meet.ts'
import { missing, onHosts } from './on-hosts.ts'
import { withOperatorKeys } from './operators.ts'
import { COMMAND, type RunOptions } from './options.ts'
import { asking } from './questions.ts'
import { stopwatch } from './stopwatch.ts'

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
  let tally = NOTHING
  let exit = 1
  const phases = stopwatch()
  const work = async () => {
    takeOutSecrets(read)
    // What is wrong with the platform, or between it and the hosts, is told before anything is made or connected.
    const platform = readPlatform(read.platform)
    if (options.only === undefined) mustFit(platform, read)
    if (takesGiven(platform)) (await import('../stacks/given.ts')).mustBeGiven(platform, read)
    if (read.tailscale) mustHavePrograms(read.tailscale)
    const ready = await withOperatorKeys(read)
    const cloud = asksProvider(read, report) && (await import('./cloud.ts'))
    const context = { ...options, id, report, signal: stop.signal }
    const first = cloud && (await phases.of('cloud', () => cloud.onCloud(ready, platform, context)))
    if (first) tally = first
    if (first && (options.only === 'cloud' || first.failed || (first.unknown && !options.plan))) {
      exit = options.plan ? planExit(first, false) : first.failed || first.unknown ? 1 : 0
      return
    }
    const meeting = () => meetAll(ready, readLockFile(read), options.plan, asking(screen.hold), report)
    met = await phases.of('first contact', meeting)
    const given = cloud && (await cloud.given(ready, platform, met, context))
    if (given && cloud) tally = cloud.together(tally, given.tally)
    if (given && !options.plan && (given.tally.failed || given.tally.unknown)) return
    const there = tally
    const all = (org: Org) => [...list(org), ...(given ? given.behind : [])]
    const along = { ...context, list: all, hold: screen.hold }
    tally = await phases.of('steps', () => onHosts(given ? given.org : ready, met, along))
    if (cloud) tally = cloud.together(there, tally)
    if (!options.plan) {
      const tailnet = read.tailscale?.sshOver
        ? await (await import('./by-tailnet.ts')).provenInTailnet(read, met.filter(isMet), (host, text) =>
            report({ event: 'note', host, text }),
          )
        : new Map<string, string>()
      await writeLockFile(read, keysOf(met, tailnet))
    }
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
        phases.past,
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

const keysOf = (met: readonly (Met | NotMet)[], tailnet: ReadonlyMap<string, string>) =>
  Object.fromEntries(
    met
      .filter(isMet)
      .map(({ wish, fingerprint, contact }) => [
        wish.name,
        { hostKey: fingerprint, address: contact.facts.primaryAddress, tailnet: tailnet.get(wish.name) },
      ]),
  )

function summary(
  met: readonly (Met | NotMet)[],
  { unexplained: _, ...tally }: Tally,
  connections: number,
  sessions: number,
  fetched: ReturnType<typeof downloads>,
  phases: ReturnType<typeof stopwatch>['past'],
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
    ...(phases.some(({ phase }) => phase === 'cloud') && { phases }),
    exit,
  }
}
