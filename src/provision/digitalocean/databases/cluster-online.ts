import { setTimeout as later } from 'node:timers/promises'
import { Fault } from '../../../engine/fault.ts'
import type { At } from '../kind.ts'
import { clusterOf } from './cluster-wanted.ts'
import type { ClusterNow } from './database-lists.ts'

const ONLINE_SECONDS = 1800

/** Waits until a cluster can be used: one that is made takes some minutes. @throws Fault after half an hour */
export async function untilOnline(name: string, { org, account, signal }: At): Promise<ClusterNow> {
  const started = performance.now()
  for (let wait = 500; ; wait = 5000) {
    account.stale()
    const one = clusterOf(await account.read(), org.name, name)
    if (one?.status === 'online') return one
    if (performance.now() - started > ONLINE_SECONDS * 1000)
      throw new Fault(`The database cluster ${name} does not come up.`, {
        at: `operator › cloud › database cluster ${name}`,
        because: `after ${ONLINE_SECONDS / 60} minutes it is ${one?.status ?? 'not there'}`,
        try: 'look at https://cloud.digitalocean.com/databases; the same command goes on waiting',
      })
    await later(wait, undefined, { signal })
  }
}
