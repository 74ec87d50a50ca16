import { readFile, readlink } from 'node:fs/promises'
import { processesOf } from './cgroup.ts'
import { absent } from './files.ts'

/** A process, told from a later one with the same number by when it started. */
export interface ProcessMark {
  readonly pid: number
  readonly start: string
}

/** Marks a process; undefined where there is none (a dead one that nobody has waited for is none). */
export async function markOf(pid: number): Promise<ProcessMark | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(gone)
  // The second field is the program's name in parentheses, which may hold spaces and parentheses; the third is the state, the 22nd the start.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const start = fields?.[19]
  return start === undefined || fields?.[0] === 'Z' ? undefined : { pid, start }
}

/** Does this very process still run? */
export const runs = async (mark: ProcessMark | undefined): Promise<boolean> =>
  mark !== undefined && (await markOf(mark.pid))?.start === mark.start

/** The systemd-nspawn among a host's processes: for a run that died between starting it and writing that down. */
export async function nspawnOf(id: string): Promise<ProcessMark | undefined> {
  const found = await Promise.all((await processesOf(id)).map(async (pid) => ((await isNspawn(pid)) ? [pid] : [])))
  const pids = found.flat()
  // While it starts it has children that are systemd-nspawn too, and end or become the host's systemd: the eldest stays.
  for (const pid of pids) if (!pids.includes(await parentOf(pid))) return markOf(pid)
  return undefined
}

const isNspawn = async (pid: number): Promise<boolean> =>
  (await readlink(`/proc/${pid}/exe`).catch(gone))?.endsWith('/systemd-nspawn') ?? false

const parentOf = async (pid: number): Promise<number> =>
  Number(/^PPid:\s+(\d+)$/m.exec((await readFile(`/proc/${pid}/status`, 'utf8').catch(gone)) ?? '')?.[1])

// ESRCH: it ended while we looked.
const gone = (error: NodeJS.ErrnoException): undefined => (error.code === 'ESRCH' ? undefined : absent(error))
