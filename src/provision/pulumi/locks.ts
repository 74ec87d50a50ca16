import { hostname } from 'node:os'
import { Fault } from '../../engine/fault.ts'
import { PROJECT } from './job.ts'
import { isRunning } from './running.ts'
import type { StatePlace } from './state/place.ts'

/** Who holds an organization's Pulumi state. */
export interface Lock {
  /** Of its file, where the state is. */
  readonly name: string
  /** The same for a person: a path, or an address in a bucket. */
  readonly at: string
  readonly pid: number
  readonly user: string
  readonly host: string
  readonly since: Date
}

/** The locks of an organization's state. */
export async function locksOf(place: StatePlace, org: string): Promise<readonly Lock[]> {
  const names = await place.list(`.pulumi/locks/organization/${PROJECT}/${org}`)
  const read = async (name: string) => {
    const text = await place.read(name)
    // It was let go of in this moment.
    return text === undefined ? [] : [lockIn(name, place.address(name), text)]
  }
  return (await Promise.all(names.filter((name) => name.endsWith('.json')).map(read))).flat()
}

function lockIn(name: string, at: string, text: string): Lock {
  try {
    const { pid, username, hostname: host, timestamp } = JSON.parse(text) as Record<string, unknown>
    return {
      name,
      at,
      pid: Number(pid),
      user: String(username),
      host: String(host),
      since: new Date(String(timestamp)),
    }
  } catch {
    // It is being written, or was cut off: it holds all the same.
    return { name, at, pid: 0, user: 'somebody', host: 'a machine that it does not name', since: new Date(Number.NaN) }
  }
}

/** The locks that Pulumi names where it is refused. */
export const locksIn = (text: string): readonly Omit<Lock, 'name'>[] =>
  [...text.matchAll(/^\s*(\S+): created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/gm)].map(
    ([, at = '', user = '', host = '', pid, since = '']) => ({
      at,
      user,
      host,
      pid: Number(pid),
      since: new Date(since),
    }),
  )

/** Its holder was a program of this machine, and has ended. */
export const isStale = ({ host, pid, since }: Pick<Lock, 'host' | 'pid' | 'since'>): boolean =>
  host === hostname() && pid > 0 && !isRunning(pid, since)

/** `ana@laptop (pid 4711), for 12 min: that program has ended`. */
export function holderOf(lock: Omit<Lock, 'name'>, now = new Date()): string {
  const seconds = Math.round((now.getTime() - lock.since.getTime()) / 1000)
  const age = Number.isNaN(seconds) ? 'nobody knows how long' : `for ${inWords(seconds)}`
  const is = isStale(lock) ? ': that program has ended' : lock.host === hostname() && lock.pid ? ': it runs' : ''
  return `${lock.user}@${lock.host} (pid ${lock.pid}), ${age}${is}`
}

/** The state is held: by whom, since when, and what to do. */
export const locked = (locks: readonly Omit<Lock, 'name'>[], inventory: string): Fault =>
  new Fault("Somebody holds the organization's Pulumi state. Nothing was changed.", {
    at: 'operator › cloud › Pulumi',
    because: locks.map((lock) => `${holderOf(lock)}\n  ${lock.at}`).join('\n'),
    try: locks.every(isStale)
      ? `npx tsx bootstrap.ts pulumi unlock --inventory ${inventory}, then the same command again`
      : `wait until it has ended; where it surely has:  npx tsx bootstrap.ts pulumi unlock --inventory ${inventory}`,
    exit: 75,
  })

const inWords = (seconds: number): string =>
  seconds < 120
    ? `${seconds} s`
    : seconds < 7200
      ? `${Math.round(seconds / 60)} min`
      : seconds < 172_800
        ? `${Math.round(seconds / 3600)} h`
        : `${Math.round(seconds / 86_400)} days`
