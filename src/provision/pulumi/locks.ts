import { readdir, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fault } from '../../engine/fault.ts'
import { PROJECT } from './job.ts'

/** Who holds an organization's Pulumi state. */
export interface Lock {
  /** A file, or an address in a bucket. */
  readonly at: string
  readonly pid: number
  readonly user: string
  readonly host: string
  readonly since: Date
}

/** The locks of a state in a folder; none where it is in a bucket, whose locks Pulumi itself tells. */
export async function locksOf(state: string, org: string): Promise<readonly Lock[]> {
  if (!state.startsWith('file:')) return []
  const folder = join(fileURLToPath(state), '.pulumi', 'locks', 'organization', PROJECT, org)
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const read = async (name: string) => lockIn(join(folder, name), await readFile(join(folder, name), 'utf8'))
  return Promise.all(names.filter((name) => name.endsWith('.json')).map(read))
}

function lockIn(at: string, text: string): Lock {
  try {
    const { pid, username, hostname: host, timestamp } = JSON.parse(text) as Record<string, unknown>
    return { at, pid: Number(pid), user: String(username), host: String(host), since: new Date(String(timestamp)) }
  } catch {
    // It is being written, or was cut off: it holds all the same.
    return { at, pid: 0, user: 'somebody', host: 'a machine that it does not name', since: new Date(Number.NaN) }
  }
}

/** The locks that Pulumi names where it is refused. */
export const locksIn = (text: string): readonly Lock[] =>
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
export const isStale = ({ host, pid }: Lock): boolean => host === hostname() && pid > 0 && !runs(pid)

/** `ana@laptop (pid 4711), for 12 min: that program has ended`. */
export function holderOf(lock: Lock, now = new Date()): string {
  const seconds = Math.round((now.getTime() - lock.since.getTime()) / 1000)
  const age = Number.isNaN(seconds) ? 'nobody knows how long' : `for ${inWords(seconds)}`
  const is = isStale(lock) ? ': that program has ended' : lock.host === hostname() && lock.pid ? ': it runs' : ''
  return `${lock.user}@${lock.host} (pid ${lock.pid}), ${age}${is}`
}

/** The state is held: by whom, since when, and what to do. */
export const locked = (locks: readonly Lock[], inventory: string): Fault =>
  new Fault("Somebody holds the organization's Pulumi state. Nothing was changed.", {
    at: 'operator › cloud › Pulumi',
    because: locks.map((lock) => `${holderOf(lock)}\n  ${lock.at}`).join('\n'),
    try: locks.every(isStale)
      ? `npx tsx bootstrap.ts pulumi unlock --inventory ${inventory}, then the same command again`
      : `wait until it has ended; where it surely has:  npx tsx bootstrap.ts pulumi unlock --inventory ${inventory}`,
    exit: 75,
  })

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

const inWords = (seconds: number): string =>
  seconds < 120
    ? `${seconds} s`
    : seconds < 7200
      ? `${Math.round(seconds / 60)} min`
      : seconds < 172_800
        ? `${Math.round(seconds / 3600)} h`
        : `${Math.round(seconds / 86_400)} days`
