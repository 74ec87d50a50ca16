import { askTexts } from './ask-texts.ts'
import { unifiedDiff } from './diff.ts'
import type { Event } from './event.ts'
import type { Placed } from './placed.ts'
import { type Answers, judge, type Verdict } from './plan.ts'
import type { Changes } from './resource.ts'
import type { Run } from './run.ts'
import { Secret } from './secret.ts'
import { running } from './sh.ts'

/** Tells what a run would change, with the old text of files for a diff. Changes nothing. */
export async function reportPlan(run: Run, list: readonly Placed[], answers: Answers): Promise<void> {
  const diffs = await oldTexts(run, list, answers)
  for (const placed of list) {
    const verdict = judge(placed.resource, placed.host, answers)
    if (verdict.verdict === 'unknown') {
      run.report({
        event: 'unknown',
        host: placed.host.name,
        step: placed.step,
        resource: placed.resource.name,
        because: verdict.because,
      })
    } else if (verdict.verdict === 'to change') {
      run.report(changeEvent('planned', placed, verdict.changes, diffs.get(placed)))
    }
  }
}

/** A change as people and machines read it; secrets have no printable form. */
export function changeEvent(
  state: 'planned' | 'applying' | 'applied',
  { host, step, resource }: Placed,
  changes: Changes,
  diff?: string,
): Event {
  return {
    event: 'change',
    state,
    host: host.name,
    step,
    resource: resource.name,
    changes: Object.entries(changes).map(([key, change]) => ({
      key,
      from: change?.to instanceof Secret && change.from !== undefined ? '‹secret›' : shown(change?.from),
      to: String(change?.to),
    })),
    diff,
    interrupts: resource.interrupts,
    destroys: resource.destroys,
  }
}

// A host may answer with megabytes; nobody reads them, and each reader of the events would hold them.
const LONGEST_SHOWN = 4000
const shown = (text: string | undefined): string | null =>
  text === undefined ? null : text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text

async function oldTexts(run: Run, list: readonly Placed[], answers: Answers): Promise<Map<Placed, string>> {
  const wanting = list.filter(({ host, resource }) => resource.show && differs(judge(resource, host, answers)))
  const diffs = new Map<Placed, string>()
  for (const host of new Set(wanting.map((placed) => placed.host))) {
    const mine = wanting.filter((placed) => placed.host === host)
    const remote = run.remotes(host)
    if (!remote) continue
    const old = await askTexts(
      remote,
      mine.map(({ resource }) => (resource.show ? running(resource.show.old) : '')),
    )
    for (const [index, placed] of mine.entries()) {
      const answer = old[index]
      diffs.set(
        placed,
        await unifiedDiff(answer?.kind === 'text' ? answer.text : '', placed.resource.show?.wanted ?? ''),
      )
    }
  }
  return diffs
}

const differs = (verdict: Verdict): boolean => verdict.verdict === 'to change'
