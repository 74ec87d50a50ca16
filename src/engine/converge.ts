import type { Host } from '../inventory/org.ts'
import { ask, type Placed } from './ask.ts'
import { reportFault, reportSeen } from './converge-report.ts'
import { Fault } from './fault.ts'
import { type Answers, judge, questionOf } from './plan.ts'
import { reportPlan } from './plan-report.ts'
import type { Step } from './resource.ts'
import type { Held, Run, Tally } from './run.ts'
import { applyStep } from './step.ts'
import { underGuard } from './under-guard.ts'

/**
 * Brings the hosts to what the list says. First everything is asked, one script a host; if nothing differs, that was all.
 * Otherwise: lock, ask again, and step by step plan, apply, ask again.
 */
export async function converge(run: Run): Promise<Tally> {
  const list = placedList(run)
  const first = await ask(list, run.remotes)
  const tally = count(list, first)
  if (run.plan) {
    await reportPlan(run, list, first)
    return tally
  }
  if (tally.inSync === tally.resources) return tally
  const held = await run.lock(touched(run, list))
  try {
    // A lock that is lost stops the walk as Ctrl-C does: behind the fix that runs.
    return await walk(underGuard(run, held.lost), list, held)
  } catch (error) {
    // A wait that is given up throws an error of its own, with the reason behind it.
    throw error instanceof Error && error.cause instanceof Fault ? error.cause : error
  } finally {
    await held.release()
  }
}

/** Every resource in its place: the list's order up to --only, the hosts that a step has, without what this run may not take away. */
export function placedList(run: Pick<Run, 'org' | 'steps' | 'hosts' | 'only'>): readonly Placed[] {
  const partial = run.only !== undefined || run.hosts.length < run.org.hosts.length
  return wantedSteps(run).flatMap((step) =>
    hostsOf(step, run).flatMap((host) =>
      step
        .resources({ host, org: run.org })
        .filter(({ removes }) => !(removes && partial))
        .map((resource) => ({ host, step: step.id, resource })),
    ),
  )
}

// What comes behind --only is neither asked nor counted, so that nobody takes it for seen.
const wantedSteps = ({ steps, only }: Pick<Run, 'steps' | 'only'>): readonly Step[] =>
  only === undefined ? steps : steps.slice(0, steps.findIndex(({ id }) => id === only) + 1)

// The hosts of this run, and those that its resources ask of, since a fix may act there as well; in the inventory's order.
function touched(run: Run, list: readonly Placed[]): readonly Host[] {
  const asked = list.flatMap(({ resource }) =>
    Object.values(resource.actual)
      .map(questionOf)
      .flatMap((question) => ('on' in question ? [question.on.name] : [])),
  )
  const names = new Set([...run.hosts.map(({ name }) => name), ...asked])
  return run.org.hosts.filter(({ name }) => names.has(name))
}

const hostsOf = (step: Step, run: Pick<Run, 'org' | 'hosts'>): readonly Host[] => {
  const chosen = new Set(run.hosts.map(({ name }) => name))
  return (step.hosts?.(run.org) ?? run.org.hosts).filter(({ name }) => chosen.has(name))
}

async function walk(run: Run, list: readonly Placed[], held: Held): Promise<Tally> {
  let answers = await ask(list, run.remotes)
  const progress: Progress = { changed: new Set(), faulty: new Map(), anyFix: false }
  const wanted = wantedSteps(run)
  for (const step of wanted) {
    held.at(step.id)
    const own = list.filter((placed) => placed.step === step.id)
    const started = performance.now()
    if (run.only !== undefined && step.id !== run.only) {
      mustBeInSync(own, answers, run.only)
      continue
    }
    const tried = !own.length || own.some(({ host }) => !progress.faulty.has(host.name))
    if (tried) run.report({ event: 'step', step: step.id, title: step.title, state: 'running', changed: 0, seconds: 0 })
    if (progress.anyFix)
      answers = await ask(
        own.filter(({ host }) => !progress.faulty.has(host.name)),
        run.remotes,
      )
    const before = progress.changed.size
    const faults = await stopping(run, step, held, () => stepOnHosts(run, step, own, answers, progress))
    for (const fault of faults) reportFault(run, fault, wanted.slice(wanted.indexOf(step) + 1))
    run.report({
      event: 'step',
      step: step.id,
      title: step.title,
      state: faults.length ? 'failed' : tried ? 'done' : 'not tried',
      changed: progress.changed.size - before,
      seconds: (performance.now() - started) / 1000,
    })
    run.signal.throwIfAborted()
  }
  reportSeen(run, list, progress.faulty)
  return finalTally(run, list, progress)
}

// Who is asked to stop gives the locks back at once: by that the hosts stop behind the fix that runs. What a guard watches
// over needs the lock to be finished or undone.
async function stopping<Result>(run: Run, step: Step, held: Held, make: () => Promise<Result>): Promise<Result> {
  const stop = () => {
    if (!step.guard) void held.release()
  }
  run.signal.addEventListener('abort', stop)
  try {
    return await make()
  } finally {
    run.signal.removeEventListener('abort', stop)
  }
}

interface Progress {
  readonly changed: Set<string>
  /** Hosts with a fault, and the index of the step at which it came. */
  readonly faulty: Map<string, number>
  anyFix: boolean
}

// All hosts of a step at once, or one after the other with the managers last; each step is a barrier.
async function stepOnHosts(
  run: Run,
  step: Step,
  own: readonly Placed[],
  answers: Answers,
  progress: Progress,
): Promise<readonly Fault[]> {
  const hosts = [...new Set(own.map(({ host }) => host))].filter(({ name }) => !progress.faulty.has(name))
  const faults: Fault[] = []
  const onHost = async (host: Host) => {
    const mine = own.filter((placed) => placed.host === host)
    try {
      const changed = await applyStep(run, step, host, mine, answers)
      for (const name of changed) progress.changed.add(`${host.name} ${name}`)
      if (changed.length) progress.anyFix = true
    } catch (error) {
      progress.anyFix = true
      if (!(error instanceof Fault) || error.exit !== 1) throw error
      progress.faulty.set(host.name, run.steps.indexOf(step))
      faults.push(error)
    }
  }
  if (step.oneHostAtATime) {
    for (const host of [...hosts].sort(
      (one, other) => Number(one.role === 'manager') - Number(other.role === 'manager'),
    ))
      await onHost(host)
  } else {
    const ended = await Promise.allSettled(hosts.map(onHost))
    // What ends the whole run is thrown once every host has stopped.
    for (const one of ended) if (one.status === 'rejected') throw one.reason
  }
  return faults
}

function mustBeInSync(own: readonly Placed[], answers: Answers, only: string): void {
  for (const { host, step, resource } of own) {
    const verdict = judge(resource, host, answers)
    if (verdict.verdict === 'in sync') continue
    throw new Fault(`${step} differs, and --only ${only} needs it.`, {
      at: `${host.name} › ${step} › ${resource.name}`,
      because: verdict.verdict === 'unknown' ? verdict.because : Object.keys(verdict.changes).join(', '),
      try: 'run it without --only',
    })
  }
}

function count(list: readonly Placed[], answers: Answers): Tally {
  const verdicts = list.map(({ host, resource }) => judge(resource, host, answers).verdict)
  const number = (verdict: string) => verdicts.filter((one) => one === verdict).length
  return {
    resources: list.length,
    inSync: number('in sync'),
    changed: number('to change'),
    failed: 0,
    unknown: number('unknown'),
    // Behind a change much may be unknown; before the first one nothing may.
    unexplained: number('unknown') > 0 && !verdicts.slice(0, verdicts.indexOf('unknown')).includes('to change'),
  }
}

// Every step has asked again what it changed; what a host with a fault still had before it is not known.
function finalTally(run: Run, list: readonly Placed[], { changed, faulty }: Progress): Tally {
  const place = new Map(run.steps.map(({ id }, index) => [id, index]))
  const open = list.filter(({ host, step, resource }) => {
    const from = faulty.get(host.name)
    return from !== undefined && (place.get(step) ?? 0) >= from && !changed.has(`${host.name} ${resource.name}`)
  }).length
  const failed = faulty.size
  return {
    resources: list.length,
    inSync: list.length - changed.size - open,
    changed: changed.size,
    failed,
    unknown: Math.max(0, open - failed),
  }
}
