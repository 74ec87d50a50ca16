import { Fault } from '../../engine/fault.ts'
import type { Planned } from './job.ts'
import { urnOf } from './urn.ts'

/** A step of Pulumi's own plan. */
export interface PlannedStep {
  /** `same`, `create`, `update`, `replace`, `delete`, …. */
  readonly op: string
  readonly urn: string
}

/** @throws Fault where Pulumi would delete or replace what is there, and nothing has named it */
export function mustLoseNothing(org: string, steps: readonly PlannedStep[], list: readonly Planned[]): void {
  const lost = steps.filter(({ op }) => /delete|replace/.test(op))
  const unasked = [...new Set(lost.map(({ urn }) => urn))].filter((urn) => {
    const planned = list.find(({ wanted }) => urnOf(org, wanted) === urn)
    // What is not there any more is made, whatever Pulumi calls it.
    return planned ? planned.id !== undefined && !planned.replace : true
  })
  if (!unasked.length) return
  const names = unasked.map((urn) => urn.split('::').at(-1) ?? urn)
  throw new Fault(`Pulumi would delete or replace ${names.join(', ')}. Nothing was changed.`, {
    at: 'operator › cloud › Pulumi',
    because: lost
      .filter(({ urn }) => unasked.includes(urn))
      .map(({ op, urn }) => `its plan: ${op} ${urn}`)
      .join('\n'),
    try: `look at what differs there; or, where its data is safe elsewhere, say so: ${names.map((name) => `--allow-replace ${name}`).join(' ')}`,
  })
}
