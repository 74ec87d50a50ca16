import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
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

/** Says in a machine's /dev that its disks are there. */
const ALL_THERE = '.disks'

/**
 * What mounts a machine's disks as it boots. systemd leaves devices of /etc/fstab alone in a container, and there is no udev: this reads
 * the same lines in its place, once the disks have been put.
 */
export const BOOT_UNIT = `[Unit]
Description=Disks of /etc/fstab are mounted (this host is a container)
Before=docker.service ssh.service

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'grep -q ^UUID= /etc/fstab || exit 0; for i in $$(seq 100); do [ ! -e /dev/${ALL_THERE} ] || break; sleep 0.1; done; mount --all --types ext4'

[Install]
WantedBy=multi-user.target
`

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
  await writeFile(join(dev, ALL_THERE), '')
}

// The first process as the machine itself counts them, once it is systemd: before that its /dev is this machine's own.
async function initOf(id: string): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    for (const pid of await processesOf(id)) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
      if (/^NSpid:\t\d+\t1$/m.test(status) && /^Name:\tsystemd$/m.test(status) && (await hasOwnDev(pid))) return pid
    }
    await later(50)
  }
  throw new Error(`no machine ${id} runs`)
}

async function hasOwnDev(pid: number): Promise<boolean> {
  const [its, ours] = await Promise.all(
    [`/proc/${pid}/root/dev`, '/dev'].map((path) => stat(path).catch(() => undefined)),
  )
  return its !== undefined && ours !== undefined && its.dev !== ours.dev
}
