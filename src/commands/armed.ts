import { runFixes } from '../engine/apply.ts'
import type { Run } from '../engine/run.ts'
import { running } from '../engine/sh.ts'
import { revertNow } from '../safety/guard.ts'
import type { Met } from './meet.ts'

/** Undoes first what an interrupted run left armed, so that what follows starts from what worked. A plan only tells. */
export async function undoArmed(run: Run, met: readonly Met[]): Promise<void> {
  await Promise.all(
    met.map(async ({ wish, remote, contact }) => {
      const note = (text: string) => run.report({ event: 'note', host: wish.name, text })
      if (contact.unproven === undefined) return
      if (contact.unproven === 'reverted') note('has undone a change that an earlier run could not prove')
      if (run.plan) {
        if (contact.unproven === 'armed') note('the next run first undoes what an interrupted one left unproven')
        return
      }
      const host = run.org.hosts.find(({ name }) => name === wish.name)
      if (!host) return
      const held = await run.lock([host])
      try {
        await runFixes(remote, [running(revertNow())], run.id, () => undefined)
        if (contact.unproven === 'armed') note('what an interrupted run left unproven is undone')
      } finally {
        await held.release()
      }
    }),
  )
}
