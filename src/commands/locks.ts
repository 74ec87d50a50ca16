import { setTimeout as later } from 'node:timers/promises'
import type { Remotes } from '../engine/ask.ts'
import type { Report } from '../engine/event.ts'
import type { Held } from '../engine/run.ts'
import type { Host } from '../inventory/org.ts'
import { heldBy, type Lock, takeLock } from '../safety/lock.ts'

/** Takes the locks of these hosts in their order; all of them, or none. @throws Fault with exit 75 that names the holder */
export async function takeLocks(
  hosts: readonly Host[],
  remotes: Remotes,
  run: string,
  wait: boolean,
  command: string,
  report: Report,
): Promise<Held> {
  const locks: Lock[] = []
  try {
    for (const host of hosts) {
      const remote = remotes(host)
      if (remote) locks.push(await takeOne(() => takeLock(remote, run), host, wait, command, report))
    }
  } catch (error) {
    await Promise.all(locks.map((lock) => lock.release()))
    throw error
  }
  return {
    at: (step) => {
      for (const lock of locks) lock.at(step)
    },
    release: async () => {
      await Promise.all(locks.map((lock) => lock.release()))
    },
    lost: Promise.race(locks.map((lock) => lock.lost)),
  }
}

async function takeOne(
  take: () => ReturnType<typeof takeLock>,
  host: Host,
  wait: boolean,
  command: string,
  report: Report,
): Promise<Lock> {
  for (let told = false; ; told = true) {
    const taken = await take()
    if ('release' in taken) return taken
    if (!wait) throw heldBy(host.name, taken, command)
    if (!told)
      report({ event: 'note', host: host.name, text: `waits for ${taken.who}, who is at it since ${taken.since}` })
    await later(2000)
  }
}
