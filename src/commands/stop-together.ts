/** Whoever is to be stopped with us. */
export interface Stopping {
  readonly add: (child: NodeJS.EventEmitter & { kill(signal: NodeJS.Signals): boolean }) => void
  readonly done: () => void
}

/** Passes the wish to stop on to all of them; a terminal tells its whole group, and what they hear twice at once counts once. */
export function stopTogether(controller: AbortController): Stopping {
  const children = new Set<{ kill(signal: NodeJS.Signals): boolean }>()
  const stop = (signal: NodeJS.Signals) => {
    controller.abort()
    for (const child of children) child.kill(signal)
  }
  const closed = () => stop('SIGTERM')
  const heard = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of heard) process.on(signal, stop)
  process.stdout.on('error', closed)
  return {
    add: (child) => {
      children.add(child)
      child.on('close', () => children.delete(child))
    },
    done: () => {
      for (const signal of heard) process.off(signal, stop)
      process.stdout.off('error', closed)
    },
  }
}
