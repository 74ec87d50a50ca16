import type { Host } from '../inventory/org.ts'
import { Fault } from './fault.ts'
import { faultAt } from './fault-at.ts'
import type { ToChange, Unknown } from './plan.ts'
import type { Step } from './resource.ts'
import { Secret } from './secret.ts'

/** A fix was applied, and what it should have changed is as it was. */
export function didNotTake(host: Host, step: Step, { resource, changes }: ToChange): Fault {
  const differences = Object.entries(changes).map(
    ([key, change]) =>
      `${key} is ${change?.to instanceof Secret ? '‹secret›' : (change?.from ?? 'not there')}, wanted ${change?.to}`,
  )
  return new Fault('The change did not take.', {
    at: faultAt(host, step, resource.name),
    because: differences.join('\n'),
    try: 'is something else managing it? look at it on the host; the same command goes on where this stopped',
  })
}

/** Whether it is so cannot be told, and so nothing behind it is done. */
export function cannotTell(host: Host, step: Step, { resource, because, fault }: Unknown): Fault {
  const at = faultAt(host, step, resource.name)
  return (
    fault?.placed(at) ??
    new Fault('Its state cannot be told.', {
      at,
      because,
      try: 'see to the cause; the same command goes on where this stopped',
    })
  )
}
