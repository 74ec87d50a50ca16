import { setTimeout as later } from 'node:timers/promises'
import { reached, runFixes } from '../engine/apply.ts'
import { Fault } from '../engine/fault.ts'
import { lastLines } from '../engine/fix-fault.ts'
import type { Guard, Step } from '../engine/resource.ts'
import type { Run } from '../engine/run.ts'
import { running, type Sh } from '../engine/sh.ts'
import type { Host } from '../inventory/org.ts'
import { arm, disarm, GUARD_SECONDS } from './guard.ts'

/**
 * Makes a change that could lock us out: the host's own undoing is armed first, and taken off only over a new connection.
 * @throws Fault after the host has undone the change by itself
 */
export async function guarded(
  run: Run,
  step: Step,
  guard: Guard,
  host: Host,
  change: () => Promise<void>,
): Promise<void> {
  await must(run, host, arm(guard))
  await change()
  try {
    const again = await run.reconnect(host)
    again.close()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const undone = await reverted(run, host)
    throw new Fault(
      `${step.title}: this change would have locked us out${undone ? ', and the host has undone it' : ''}.`,
      {
        at: `${host.name} › ${step.title}`,
        because: `a new connection was tried after the change: ${error.message} ${error.because ?? ''}`,
        try: undone
          ? 'look at what the inventory says for this step'
          : `the host should undo it ${GUARD_SECONDS} s after the change; then run the same command again`,
      },
    )
  }
  await must(run, host, disarm())
}

async function must(run: Run, host: Host, text: Sh): Promise<void> {
  const outcome = await runFixes(reached(host, run.remotes), [running(text)], run.id, () => undefined)
  if (outcome.done) return
  throw new Fault('The lockout guard cannot be set.', {
    at: host.name,
    because: lastLines(outcome.said),
    try: 'nothing was changed; see to the cause',
  })
}

// The host needs up to a minute; it is back when a new connection works.
async function reverted(run: Run, host: Host): Promise<boolean> {
  const end = performance.now() + (GUARD_SECONDS + 30) * 1000
  while (performance.now() < end) {
    await later(5000, undefined, { signal: run.signal })
    try {
      ;(await run.reconnect(host)).close()
      return true
    } catch (error) {
      if (!(error instanceof Fault)) throw error
    }
  }
  return false
}
