import type { Fault } from './fault.ts'
import type { Step } from './resource.ts'
import type { Run } from './run.ts'

/** Tells a fault, and what is not tried on that host because of it. */
export function reportFault(run: Pick<Run, 'report'>, fault: Fault, later: readonly Step[]): void {
  run.report({
    event: 'fault',
    what: fault.message,
    at: fault.at,
    because: fault.because,
    try: fault.try,
    notTried: later.map(({ id }) => id),
  })
}
