import type { Placed } from './placed.ts'
import { type Answers, judge } from './plan.ts'
import type { Run, Tally } from './run.ts'

/** How far a walk along the list has come. */
export interface Progress {
  readonly changed: Set<string>
  /** Hosts with a fault, and the index of the step at which it came. */
  readonly faulty: Map<string, number>
  anyFix: boolean
}

/** What the answers come to before anything is changed. */
export function tallyOf(list: readonly Placed[], answers: Answers): Tally {
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

/** What a walk came to. Every step has asked again what it changed; what a host with a fault still had before it is not known. */
export function finalTally(run: Run, list: readonly Placed[], { changed, faulty }: Progress): Tally {
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
