import { setTimeout as later } from 'node:timers/promises'
import { reached } from '../engine/apply.ts'
import { askTexts } from '../engine/ask-texts.ts'
import { Fault } from '../engine/fault.ts'
import { faultAt } from '../engine/fault-at.ts'
import { lastLines } from '../engine/fix-fault.ts'
import type { Remote } from '../engine/remote.ts'
import type { Guard, Step } from '../engine/resource.ts'
import type { Run } from '../engine/run.ts'
import { runFixes } from '../engine/run-fixes.ts'
import { running } from '../engine/sh.ts'
import type { Host } from '../inventory/org.ts'
import { arm, disarm, GUARD_SECONDS, revertNow, TOO_LATE, undone } from './guard.ts'

// More often, and sshd of Debian 13 bans us for so many refused logins (PerSourcePenalties).
const TRY_AGAIN_MS = 10_000

/** What of a run, and of a step, the guard needs. */
type Guarding = Pick<Run, 'id' | 'remotes' | 'report' | 'reconnect' | 'signal'>
type Guarded = Pick<Step, 'id' | 'title'>

/**
 * Makes a change that could lock us out: the host's own undoing is armed first, and taken off only over a new connection.
 * A change that failed half-way is proven too: what stands is either proven or undone.
 * @throws Fault after the host has undone the change by itself, or of the change
 */
export async function guarded(
  run: Guarding,
  step: Guarded,
  guard: Guard,
  host: Host,
  change: () => Promise<void>,
): Promise<void> {
  const armed = await runFixes(reached(host, run.remotes), [running(arm(guard))], run.id, () => undefined)
  if (!armed.done) throw notArmed(step, host, armed.lost ? LOCK_LOST : lastLines(armed.said))
  const [changed] = await Promise.allSettled([change()])
  // Who has the lock now also has the guard.
  if (changed.status === 'rejected' && changed.reason instanceof Fault && changed.reason.exit === 75)
    throw changed.reason
  // Asked to stop half-way. Where this does not get through, the host undoes it by itself, or the next run does.
  if (changed.status === 'rejected' && run.signal.aborted) {
    await runFixes(reached(host, run.remotes), [running(revertNow())], run.id, () => undefined)
    throw changed.reason
  }
  await proven(run, step, host)
  if (changed.status === 'rejected') throw changed.reason
}

// What refuses us for a moment may let us in before the host's patience ends; then the change stands.
async function proven(run: Guarding, step: Guarded, host: Host): Promise<void> {
  const end = performance.now() + (GUARD_SECONDS + 30) * 1000
  let first: Fault | undefined
  while (performance.now() < end) {
    const outcome = await prove(run, step, host)
    if (outcome === 'proven') return
    if (outcome === 'undone') throw lockedOut(step, host, true, first)
    if (!first) run.report({ event: 'output', host: host.name, step: step.id, line: WAITING })
    first ??= outcome
    await later(TRY_AGAIN_MS, undefined, { signal: run.signal })
  }
  throw lockedOut(step, host, false, first)
}

const WAITING = `the host does not let us in after this change; it undoes it by itself within ${GUARD_SECONDS} s`

async function prove(run: Guarding, step: Guarded, host: Host): Promise<'proven' | 'undone' | Fault> {
  try {
    const again = await run.reconnect(host)
    try {
      const outcome = await runFixes(again, [running(disarm())], run.id, () => undefined)
      if (outcome.done) return 'proven'
      if (outcome.exit === TOO_LATE || (outcome.lost && (await hasUndone(again)))) return 'undone'
      return notProven(step, host, outcome.lost ? LOCK_LOST : lastLines(outcome.said))
    } finally {
      again.close()
    }
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}

// Whoever has lost the lock may not let a change stand; the host undoes it, and there we look.
async function hasUndone(remote: Remote): Promise<boolean> {
  const [answer] = await askTexts(remote, [running(undone)])
  return answer?.kind === 'text' && answer.text === 'yes'
}

const LOCK_LOST = 'the lock was lost: we were cut off, or another run has taken it'

const notArmed = (step: Guarded, host: Host, because: string): Fault =>
  new Fault('The lockout guard cannot be set, so nothing was changed.', {
    at: faultAt(host, step),
    because,
    try: 'see to the cause; the same command goes on where this stopped',
  })

const notProven = (step: Guarded, host: Host, because: string): Fault =>
  new Fault('A new connection was possible, but not to let the change stand.', {
    at: faultAt(host, step),
    because: because || 'that connection was lost, too',
  })

function lockedOut(step: Guarded, host: Host, undone: boolean, refusal: Fault | undefined): Fault {
  return new Fault(
    `${step.title}: this change would have locked us out${undone ? ', and the host has undone it' : ''}.`,
    {
      at: faultAt(host, step),
      because: refusal
        ? `a new connection was tried after the change: ${[refusal.message, refusal.because].filter(Boolean).join(' ')}`
        : `no new connection had proven it ${GUARD_SECONDS} s after the change`,
      try: undone
        ? 'look at what the inventory says for this step, and at what else decides who gets in there: sshd, PAM, sudo, a firewall in front'
        : `the host should undo it ${GUARD_SECONDS} s after the change; then run the same command again`,
    },
  )
}
