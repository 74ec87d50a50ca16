import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { absent } from './files.ts'

/** What this machine's kernel must allow while there are sandbox hosts: at least these numbers. */
const needed: readonly { readonly name: string; readonly path: string; readonly least: number }[] = [
  { name: 'ip_forward', path: '/proc/sys/net/ipv4/ip_forward', least: 1 },
  // Each host's systemd takes five and more of them; with the usual 128 of one user the twenty-first host did not start.
  { name: 'max_user_instances', path: '/proc/sys/fs/inotify/max_user_instances', least: 4096 },
]

/** Raises what is too low, and remembers in this folder what it was. */
export async function raiseSettings(memory: string): Promise<void> {
  for (const { name, path, least } of needed) {
    const now = await readFile(path, 'utf8')
    // The first host's word counts: later ones find what we have made of it.
    await writeFile(join(memory, name), now, { flag: 'wx' }).catch(present)
    if (Number(now) < least) await writeFile(path, String(least))
  }
}

/** Puts back what was raised, unless somebody has changed it since. */
export async function restoreSettings(memory: string): Promise<void> {
  for (const { name, path, least } of needed) {
    const before = await readFile(join(memory, name), 'utf8').catch(absent)
    if (before === undefined || Number(before) >= least) continue
    if (Number(await readFile(path, 'utf8')) === least) await writeFile(path, before)
  }
}

function present(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
