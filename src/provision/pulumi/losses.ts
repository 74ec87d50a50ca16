import { Fault } from '../../engine/fault.ts'
import type { Part } from './part.ts'
import { urnOf } from './urn.ts'

/** A step of Pulumi's own plan. */
export interface PlannedStep {
  /** `same`, `create`, `update`, `replace`, `delete`, …. */
  readonly op: string
  readonly urn: string
}

/** @throws Fault where Pulumi would delete or replace what is there, and nothing has named it */
export function mustLoseNothing(org: string, steps: readonly PlannedStep[], parts: readonly Part[]): void {
  const partOf = (urn: string) => parts.find((part) => urnOf(org, part) === urn)
  const lost = steps.filter(({ op }) => /delete|replace/.test(op))
  const unasked = [...new Set(lost.map(({ urn }) => urn))].filter((urn) => {
    const part = partOf(urn)
    // What is not there any more is made, whatever Pulumi calls it.
    return part ? part.id !== undefined && !part.replace && !part.link : true
  })
  if (!unasked.length) return
  const names = unasked.map((urn) => urn.split('::').at(-1) ?? urn)
  throw new Fault(`Pulumi would delete or replace ${names.join(', ')}. Nothing was changed.`, {
    at: 'operator › cloud › Pulumi',
    because: lost
      .filter(({ urn }) => unasked.includes(urn))
      .map(({ op, urn }) => `its plan: ${op} ${urn}`)
      .join('\n'),
    try: `look at what differs there; or, where its data is safe elsewhere, say so: ${[...new Set(unasked.map((urn, index) => partOf(urn)?.of ?? names[index]))].map((name) => `--allow-replace ${name}`).join(' ')}`,
  })
}
