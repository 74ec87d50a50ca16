import type { Fault } from './fault.ts'
import type { Placed } from './placed.ts'
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

/** Tells, at the end of a run that changed something, where a person can look; each was just asked and is as it should be. */
export function reportSeen(
  run: Pick<Run, 'report'>,
  list: readonly Placed[],
  faulty: ReadonlyMap<string, number>,
): void {
  for (const { host, resource } of list) {
    if (!resource.seenAt || faulty.has(host.name)) continue
    run.report({
      event: 'check',
      ...resource.seenAt,
      answer: Object.values(resource.desired).map(String).join(' · '),
      healthy: true,
    })
  }
}
