import { Fault } from '../engine/fault.ts'
import { lastLines } from '../engine/fix-fault.ts'
import type { Run } from '../engine/run.ts'
import { runFixes } from '../engine/run-fixes.ts'
import { running } from '../engine/sh.ts'
import { revertNow } from '../safety/guard.ts'
import type { Met } from './meet.ts'

/** Undoes first what an interrupted run left armed, so that what follows starts from what worked. A plan only tells. */
export async function undoArmed(run: Run, met: readonly Met[]): Promise<void> {
  await Promise.all(
    met.map(async ({ wish, remote, contact }) => {
      const note = (text: string) => run.report({ event: 'note', host: wish.name, text })
      const host = run.hosts.find(({ name }) => name === wish.name)
      if (!host || contact.unproven === undefined) return
      if (contact.unproven === 'reverted') note('has undone a change that an earlier run could not prove')
      if (run.plan) {
        if (contact.unproven === 'armed') note('the next run first undoes what an interrupted one left unproven')
        return
      }
      const held = await run.lock([host])
      try {
        const outcome = await runFixes(remote, [running(revertNow())], run.id, () => undefined)
        if (!outcome.done) throw notUndone(wish.name, lastLines(outcome.said))
        if (contact.unproven === 'armed') note('what an interrupted run left unproven is undone')
      } finally {
        await held.release()
      }
    }),
  )
}

const notUndone = (host: string, because: string): Fault =>
  new Fault(`What an interrupted run left unproven on ${host} cannot be undone.`, {
    at: host,
    because: because || 'the connection was lost',
    try: 'see to the cause; the same command tries it again',
  })
