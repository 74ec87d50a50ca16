import type { Host } from '../inventory/org.ts'
import { ask } from './ask.ts'
import { reportFault, reportSeen } from './converge-report.ts'
import { Fault } from './fault.ts'
import { type Placed, placedList, touched, wantedSteps } from './placed.ts'
import { type Answers, judge } from './plan.ts'
import { reportPlan } from './plan-report.ts'
import type { Step } from './resource.ts'
import type { Held, Run, Tally } from './run.ts'
import { applyStep } from './step.ts'
import { finalTally, type Progress, tallyOf } from './tally.ts'
import { underGuard } from './under-guard.ts'

/**
 * Brings the hosts to what the list says. First everything is asked, one script a host; if nothing differs, that was all.
 * Otherwise: lock, ask again, and step by step plan, apply, ask again.
 */
export async function converge(run: Run): Promise<Tally> {
  const list = placedList(run)
  const first = await ask(list, run.remotes)
  const tally = tallyOf(list, first)
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
