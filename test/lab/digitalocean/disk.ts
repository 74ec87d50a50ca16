import { mkdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { processesOf } from '../../../src/provision/nspawn/cgroup.ts'
import { run } from '../../../src/provision/nspawn/run.ts'

/** A file of this machine as a block device. */
export interface Disk {
  readonly name: string
  /** `/dev/loop7` */
  readonly device: string
}

/** Makes a block device of a file. */
export const diskOf = async (name: string, file: string): Promise<Disk> => {
  const device = (await run('losetup', ['--find', '--show', file])).trim()
  return { name, device }
}

export const endDisk = ({ device }: Disk): Promise<string> => run('losetup', ['--detach', device])

/**
 * Puts disks into a machine that runs (its id) as DigitalOcean does: /dev/sda, /dev/sdb …, and /dev/disk/by-id/scsi-0DO_Volume_NAME.
 * One that is no longer in the list is taken out.
 */
export async function putDisks(id: string, disks: readonly Disk[]): Promise<void> {
  const dev = join('/proc', String(await initOf(id)), 'root', 'dev')
  const names = join(dev, 'disk', 'by-id')
  await rm(names, { recursive: true, force: true })
  await mkdir(names, { recursive: true })
  for (const letter of 'abcdefg') await rm(join(dev, `sd${letter}`), { force: true })
  for (const [index, { name, device }] of disks.entries()) {
    const node = `sd${'abcdefg'[index]}`
    const { rdev } = await stat(device)
    await run('mknod', ['--mode=660', join(dev, node), 'b', String((rdev >> 8) & 0xfff), String(rdev & 0xff)])
    await symlink(`../../${node}`, join(names, `scsi-0DO_Volume_${name}`))
  }
}

// The first process as the machine itself counts them.
async function initOf(id: string): Promise<number> {
  for (const pid of await processesOf(id)) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    if (/^NSpid:\t\d+\t1$/m.test(status)) return pid
  }
  throw new Error(`no machine ${id} runs`)
}
