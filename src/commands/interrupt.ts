import { setTimeout as later } from 'node:timers/promises'
import type { Report } from '../engine/event.ts'

/** How a run is stopped from outside. */
export interface Interruption {
  /** Aborted at the first wish to stop: nothing new is begun. */
  readonly signal: AbortSignal
  /** Hears of the fixes that are under way. */
  readonly see: Report
  /** Rejects when nobody waits any longer for what is under way. */
  readonly cut: Promise<never>
  /** What is told is not read any more: `| head`, a closed window. */
  readonly unread: () => boolean
  readonly done: () => void
}

// Within five seconds of the first wish all is told: what can be finished is, what cannot is left to the host.
const FIX_MS = 4000
const QUIET_MS = 1000
const LOOK_MS = 50
// npx and tsx hear a Ctrl-C as well, and may pass it on: what comes so soon is no second wish.
const SAME_WISH_MS = 300

/**
 * Ctrl-C once, a closed terminal and a closed output finish the current fix or, where that takes longer, leave it to the host,
 * which ends it under its second lock; the next run waits for that. Ctrl-C twice waits for nothing. The locks are free by
 * themselves when the connections close.
 */
export function onInterrupt(report: Report, output: NodeJS.EventEmitter = process.stdout): Interruption {
  const underWay = new Map<string, string>()
  const controller = new AbortController()
  let rejectCut: (reason: unknown) => void = () => undefined
  const cut = new Promise<never>((_, reject) => {
    rejectCut = reject
  })
  cut.catch(() => undefined) // it is raced against; whoever races it hears it
  let ended = false
  let unread = false
  let askedAt = 0

  const fix = () => (underWay.size ? { fix: [...underWay].map(([host, what]) => `${what} on ${host}`).join(', ') } : {})
  const leave = (state: 'left' | 'stopped') => {
    if (ended) return
    ended = true
    if (state === 'stopped' || underWay.size) report({ event: 'interrupt', state, ...fix() })
    rejectCut(new Error('interrupted'))
  }
  const once = () => {
    if (controller.signal.aborted) return
    askedAt = performance.now()
    report({ event: 'interrupt', state: 'finishing', ...fix() })
    controller.abort(new Error('interrupted'))
    void waitForFixes().then(() => leave('left'))
  }
  // Behind the last fix the engine has a moment to unwind: to take off a guard, to give the locks back.
  const waitForFixes = async () => {
    const end = performance.now() + FIX_MS
    for (let quiet = 0; quiet < QUIET_MS && performance.now() < end; quiet += LOOK_MS) {
      await later(LOOK_MS)
      if (ended) return
      if (underWay.size) quiet = 0
    }
  }
  const again = () => {
    if (!controller.signal.aborted) return once()
    if (performance.now() - askedAt < SAME_WISH_MS) return
    leave('stopped')
    // An output that nobody takes must not hold us.
    setTimeout(() => process.exit(130), 500).unref()
  }
  const closed = () => {
    unread = true
    once()
  }

  // A closing terminal sends its signal more than once, and its end is told by the output as well: that is no second wish.
  const heard = [
    ['SIGINT', again],
    ['SIGTERM', again],
    ['SIGHUP', once],
  ] as const
  for (const [name, listener] of heard) process.on(name, listener)
  output.on('error', closed)
  return {
    signal: controller.signal,
    cut,
    unread: () => unread,
    see: (event) => {
      if (event.event !== 'fix') return
      if (event.state === 'begun') underWay.set(event.host, `${event.step} › ${event.resource}`)
      else underWay.delete(event.host)
    },
    done: () => {
      ended = true
      for (const [name, listener] of heard) process.off(name, listener)
      output.off('error', closed)
    },
  }
}
