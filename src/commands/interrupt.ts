import type { Report } from '../engine/event.ts'

/** Ctrl-C once stops behind the current fix; twice, or a closed terminal, at once: the locks are free by themselves. */
export function onInterrupt(report: Report): {
  readonly signal: AbortSignal
  readonly see: Report
  readonly done: () => void
} {
  let fix: string | undefined
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) {
      report({ event: 'interrupt', state: 'stopped', fix })
      process.exit(130)
    }
    report({ event: 'interrupt', state: 'finishing', fix })
    controller.abort(new Error('interrupted'))
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, stop)
  return {
    signal: controller.signal,
    see: (event) => {
      if (event.event === 'change' && event.state === 'applying') fix = `${event.step} › ${event.resource}`
      else if (event.event === 'step') fix = undefined
    },
    done: () => {
      for (const name of signals) process.off(name, stop)
    },
  }
}
