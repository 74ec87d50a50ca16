import { setTimeout as later } from 'node:timers/promises'
import type { Report } from '../engine/event.ts'
import type { Remote, Remotes } from '../engine/remote.ts'
import type { Held } from '../engine/run.ts'
import type { Host } from '../inventory/org.ts'
import { type Lock, takeLock } from '../safety/lock.ts'
import { heldBy, holderWords } from '../safety/lock-faults.ts'

/** How a run takes its locks. */
export interface Locking {
  readonly remotes: Remotes
  readonly run: string
  /** What others read of us: `run --only firewall`. */
  readonly purpose: string
  /** Whether to wait for another run to end. */
  readonly wait: boolean
  /** The command that was given, for those who are to type one. */
  readonly command: string
  readonly report: Report
  readonly signal: AbortSignal
}

const ASK_AGAIN_MS = 1000

/**
 * Takes the locks of these hosts in their order; all of them, or none. The order is the inventory's for every run,
 * so two runs never wait for each other.
 * @throws Fault with exit 75 that names the holder
 */
export async function takeLocks(hosts: readonly Host[], locking: Locking): Promise<Held> {
  const locks: Lock[] = []
  const release = async () => {
    await Promise.all(locks.map((lock) => lock.release()))
  }
  try {
    for (const host of hosts) {
      const remote = locking.remotes(host)
      if (remote) locks.push(await takeOne(remote, locking))
    }
  } catch (error) {
    await release()
    throw error
  }
  return {
    at: (step) => {
      for (const lock of locks) lock.at(step)
    },
    release,
    lost: AbortSignal.any(locks.map(({ lost }) => lost)),
  }
}

async function takeOne(remote: Remote, { run, purpose, wait, command, report, signal }: Locking): Promise<Lock> {
  const note = (text: string) => report({ event: 'note', host: remote.name, text })
  const waits = (what: string) =>
    note(what ? `waits for what an earlier run still does there: ${what}` : 'waits for the last fix of an earlier run')
  for (let told = ''; ; ) {
    const taken = await takeLock(remote, { run, purpose, signal, waits })
    if ('release' in taken) return taken
    if (!wait) throw heldBy(remote.name, taken, command)
    if (told !== taken.run) note(`waits for ${holderWords(taken)}`)
    told = taken.run
    await later(ASK_AGAIN_MS, undefined, { signal })
  }
}
