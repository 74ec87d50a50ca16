import type { Report } from '../engine/event.ts'

/** Ctrl-C once stops behind the current fix; twice, or a closed terminal, at once: the locks are free by themselves. */
export function onInterrupt(report: Report): { readonly signal: AbortSignal; readonly done: () => void } {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(130)
    report({ event: 'interrupt', state: 'finishing' })
    controller.abort(new Error('interrupted'))
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, stop)
  return {
    signal: controller.signal,
    done: () => {
      for (const name of signals) process.off(name, stop)
    },
  }
}
