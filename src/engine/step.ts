import type { Host } from '../inventory/org.ts'
import { apply, type Tools } from './apply.ts'
import { ask } from './ask.ts'
import type { Placed } from './placed.ts'
import { type Answers, judge, type ToChange } from './plan.ts'
import { changeEvent } from './plan-report.ts'
import type { Changes, Step } from './resource.ts'
import type { Run } from './run.ts'
import { settle } from './settle.ts'
import { cannotTell, didNotTake } from './step-fault.ts'
import type { Work } from './units.ts'

const ROUNDS = 3

/**
 * Makes one step true on one host, in up to three rounds of plan, apply, ask again.
 * @returns the names of the resources that were changed and proven
 * @throws Fault for a fix that failed, did not take, or stayed unknown
 */
export async function applyStep(
  run: Run,
  step: Step,
  host: Host,
  placed: readonly Placed[],
  first: Answers,
): Promise<readonly string[]> {
  const changed = new Set<string>()
  let answers = first
  for (let round = 1; round <= ROUNDS; round++) {
    if (!toChange(placed, answers).length) {
      const open = placed
        .map(({ resource }) => judge(resource, host, answers))
        .find(({ verdict }) => verdict === 'unknown')
      if (open?.verdict === 'unknown') throw cannotTell(host, step, open)
      return [...changed]
    }
    const fixed = await oneRound(run, step, host, placed, answers)
    for (const name of fixed.keys()) changed.add(name)
    answers = await ask(placed, run.remotes)
    mustHaveTaken(host, step, placed, fixed, answers)
    for (const one of placed) {
      const changes = fixed.get(one.resource.name)
      if (changes && judge(one.resource, host, answers).verdict === 'in sync')
        run.report(changeEvent('applied', one, changes))
    }
  }
  const left = placed.map(({ resource }) => judge(resource, host, answers)).find(({ verdict }) => verdict !== 'in sync')
  if (!left) return [...changed]
  if (left.verdict === 'unknown') throw cannotTell(host, step, left)
  throw didNotTake(host, step, left as ToChange)
}

// A round goes through the list once, and says what it has changed. What comes behind a resource that needs time waits for it, and is asked again.
async function oneRound(
  run: Run,
  step: Step,
  host: Host,
  placed: readonly Placed[],
  first: Answers,
): Promise<ReadonlyMap<string, Changes>> {
  const fixed = new Map<string, Changes>()
  let answers = first
  for (const [index, batch] of batches(placed).entries()) {
    if (index && fixed.size) answers = await ask(batch, run.remotes)
    const changing = toChange(batch, answers)
    if (!changing.length) continue
    run.signal.throwIfAborted()
    for (const { resource, changes } of changing) {
      if (resource.destroys) await run.confirm(`${host.name} › ${resource.name}: ${resource.destroys}`)
      run.report(changeEvent('applying', { host, step: step.id, resource }, changes))
    }
    const works: readonly Work[] = changing.map(({ resource, changes }) => ({
      resource: resource.name,
      fix: resource.fix(changes),
      explain: resource.explain,
    }))
    await underWay(run, step, host, changing[0]?.resource.name ?? '', (begins) => {
      const make = () => apply(host, step, works, { ...tools(run, step), begins })
      return step.guard ? run.guarded(run, step, step.guard(host), host, make) : make()
    })
    for (const { resource, changes } of changing) fixed.set(resource.name, changes)
    await settle(
      run,
      step,
      host,
      changing.map(({ resource }) => resource),
    )
  }
  return fixed
}

// Says what is under way, and on which hosts, until the last of it is over: arming a guard and taking it off belongs to it.
async function underWay(
  run: Run,
  step: Step,
  host: Host,
  first: string,
  make: (begins: Tools['begins']) => Promise<void>,
): Promise<void> {
  const hosts = new Set<string>()
  const begins = (where: Host, resource: string) => {
    hosts.add(where.name)
    run.report({ event: 'fix', state: 'begun', host: where.name, step: step.id, resource })
  }
  try {
    if (step.guard) begins(host, first)
    await make(begins)
  } finally {
    for (const name of hosts) run.report({ event: 'fix', state: 'ended', host: name, step: step.id })
  }
}

/** The list cut behind each run of resources that settle. */
function batches(placed: readonly Placed[]): readonly (readonly Placed[])[] {
  const cut: Placed[][] = [[]]
  for (const [index, one] of placed.entries()) {
    if (index && placed[index - 1]?.resource.settle && !one.resource.settle) cut.push([])
    cut.at(-1)?.push(one)
  }
  return cut
}

const toChange = (placed: readonly Placed[], answers: Answers): readonly ToChange[] =>
  placed
    .map(({ host, resource }) => judge(resource, host, answers))
    .filter((verdict): verdict is ToChange => verdict.verdict === 'to change')

// What still differs after its own fix has not taken, unless something before it in the list changed in this round.
function mustHaveTaken(
  host: Host,
  step: Step,
  placed: readonly Placed[],
  fixed: ReadonlyMap<string, Changes>,
  answers: Answers,
): void {
  for (const { resource } of placed) {
    if (!fixed.has(resource.name)) continue
    const verdict = judge(resource, host, answers)
    if (verdict.verdict === 'to change') throw didNotTake(host, step, verdict)
    return
  }
}

const tools = (run: Run, step: Step): Omit<Tools, 'begins'> => ({
  remotes: run.remotes,
  run: run.id,
  signal: run.signal,
  line: (host, line) => run.report({ event: 'output', host: host.name, step: step.id, line }),
})
