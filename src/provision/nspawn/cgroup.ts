import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { absent, exists } from './files.ts'

// Every host has control groups of its own. Without them the systemds of two hosts would manage the same units' groups,
// and with them it is known, to the process, what belongs to a host.

/** The words before a program's name that start it in control groups of the host's own. */
export async function inGroup(id: string): Promise<readonly string[]> {
  if (await hasSystemd()) {
    // A scope outlives the session of who started it, and systemd leaves what is delegated alone.
    return ['systemd-run', '--scope', '--quiet', '--collect', `--unit=${id}`, '--property=Delegate=yes', '--']
  }
  const groups = (await hierarchies()).map((hierarchy) => join(hierarchy, id))
  for (const group of groups) await make(group)
  const enter = 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs"; shift; done; shift; exec "$@"'
  return ['sh', '-c', enter, 'sh', ...groups, '--']
}

/** Every process of a host, containers and all. */
export async function processesOf(id: string): Promise<readonly number[]> {
  const found = await Promise.all((await groupsOf(id)).map(pidsBeneath))
  return [...new Set(found.flat())]
}

/** Ends every process of a host and takes its control groups away. */
export async function endGroup(id: string): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    const pids = await processesOf(id)
    if (!pids.length) break
    for (const pid of pids) kill(pid)
    await sleep(50)
  }
  for (const group of await groupsOf(id)) await untilFree(() => removeBeneath(group))
}

/** Is cgroup v1 mounted here? Then a host must be given write access to it from inside. */
export const hasFirstVersion = async (): Promise<boolean> =>
  (await readFile('/proc/self/mountinfo', 'utf8')).includes(' - cgroup ')

const hasSystemd = (): Promise<boolean> => exists('/run/systemd/system')

async function groupsOf(id: string): Promise<readonly string[]> {
  const places = (await hierarchies()).flatMap((root) => [join(root, id), join(root, 'system.slice', `${id}.scope`)])
  const existing = await Promise.all(places.map(async (place) => ((await exists(place)) ? [place] : [])))
  return existing.flat()
}

async function hierarchies(): Promise<readonly string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n')
  return lines.filter((line) => / - cgroup2? /.test(line)).map((line) => line.split(' ')[4] ?? '')
}

async function make(group: string): Promise<void> {
  await mkdir(group, { recursive: true })
  // A new cpuset of cgroup v1 is empty, and takes no process until it has cores and memory.
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const above = await readFile(join(group, '..', file), 'utf8').catch(absent)
    if (above?.trim() && (await exists(join(group, file)))) await writeFile(join(group, file), above)
  }
}

async function pidsBeneath(group: string): Promise<readonly number[]> {
  const own = (await readFile(join(group, 'cgroup.procs'), 'utf8').catch(gone)) ?? ''
  const beneath = await Promise.all((await children(group)).map(pidsBeneath))
  return [...own.split('\n').filter(Boolean).map(Number), ...beneath.flat()]
}

// What was killed leaves its group a moment later.
async function untilFree(remove: () => Promise<void>): Promise<void> {
  for (let round = 0; ; round += 1) {
    try {
      return await remove()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || round === 100) throw error
      await sleep(50)
    }
  }
}

async function removeBeneath(group: string): Promise<void> {
  for (const child of await children(group)) await removeBeneath(child)
  await rmdir(group).catch(gone)
}

async function children(group: string): Promise<readonly string[]> {
  const entries = (await readdir(group, { withFileTypes: true }).catch(gone)) ?? []
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(group, entry.name))
}

// A group that vanishes while it is read (ENODEV) is as absent as one that was never there.
const gone = (error: NodeJS.ErrnoException): undefined => (error.code === 'ENODEV' ? undefined : absent(error))

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
