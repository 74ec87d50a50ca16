import { Fault } from './fault.ts'
import type { Run } from './run.ts'

/**
 * Where a guard is armed, a lost lock does not stop the run: a firewall that shuts us out ends the lock's session first, and
 * what the run has to say is whether the host has undone that. Once proven, or on other hosts, a lost lock is what it always is.
 */
export function underGuard(run: Run, lost: AbortSignal): Run {
  const stop = new AbortController()
  const armed = new Set<string>()
  const see = () => {
    const { reason } = lost
    if (lost.aborted && !(reason instanceof Fault && armed.has(reason.at ?? ''))) stop.abort(reason)
  }
  lost.addEventListener('abort', see)
  see()
  return {
    ...run,
    signal: AbortSignal.any([run.signal, stop.signal]),
    guarded: async (walking, step, guard, host, change) => {
      armed.add(host.name)
      await run.guarded(walking, step, guard, host, change)
      // After a fault it stays: that host gets no more fixes, so it needs no lock.
      armed.delete(host.name)
      see()
    },
  }
}
