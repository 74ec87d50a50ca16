import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '../../engine/fault.ts'
import { fingerprint, makeKeyPair, operatorPublicKey } from '../operator-key.ts'
import { hostSettings, operatorSettings } from './apt.ts'
import { hasFirstVersion } from './cgroup.ts'
import { absent } from './files.ts'
import { hostPlaces } from './names.ts'
import { packagesUrl } from './packages.ts'
import type { HostRecord } from './record.ts'
import { answerOf, run } from './run.ts'

/** Mounts a host's disk: what it has written itself, over the base. */
export async function mountDisk({ org, host }: HostRecord, base: string): Promise<void> {
  const { directory, root, upper, work, docker } = hostPlaces(org, host)
  if (/[,:\\]/.test(directory + base)) throw badPath(directory, base)
  for (const place of [root, upper, work, docker]) await mkdir(place, { recursive: true })
  await chmod(upper, 0o755)
  const options = `lowerdir=${base},upperdir=${upper},workdir=${work}`
  const { exit, stderr } = await answerOf('mount', ['-t', 'overlay', 'overlay', '-o', options, root])
  if (exit === 0) return
  const kind = (await answerOf('stat', ['--file-system', '--format=%T', directory])).stdout.trim()
  throw new Fault('The sandbox host’s disk could not be mounted.', {
    at: host,
    because: `${directory} lies on ${kind || 'an unknown file system'}: ${stderr.trim()}`,
    try: 'an overlay cannot lie on another overlay (a container’s own disk) nor on a network share: set XDG_STATE_HOME to a directory on ext4, xfs or btrfs',
  })
}

/** Unmounts it, if it is mounted. */
export async function unmountDisk(org: string, host: string): Promise<void> {
  const { root } = hostPlaces(org, host)
  for (let round = 0; await mounted(root); round += 1) {
    // For a moment after its last process has ended, a host's disk is still busy.
    const { exit } = await answerOf('umount', round < 40 ? [root] : ['--lazy', root])
    if (exit !== 0) await sleep(50)
  }
}

/** Removes a host's disk. @throws Fault while it is mounted. */
export async function removeDisk(org: string, host: string): Promise<void> {
  const { directory, root } = hostPlaces(org, host)
  if (await mounted(root))
    throw new Fault('A sandbox host’s disk is still in use.', { at: root, try: `fuser -vm ${root}` })
  // Files that something inside made immutable would stop rm; one file system: never what is mounted beneath.
  await run('rm', ['--recursive', '--force', '--one-file-system', directory])
}

/** Gives a fresh host what makes it that host: name, keys, who may enter, how it reaches packages. Returns its key's fingerprint. */
export async function furnishDisk({ org, host }: HostRecord): Promise<string> {
  const { root } = hostPlaces(org, host)
  const inside = (path: string): string => join(root, path)
  await writeFile(inside('etc/hostname'), `${host}\n`)
  // mmdebstrap leaves it executable.
  await chmod(inside('etc/hostname'), 0o644)
  await writeFile(inside('etc/machine-id'), `${randomBytes(16).toString('hex')}\n`)
  const key = inside('etc/ssh/ssh_host_ed25519_key')
  await rm(key, { force: true })
  await makeKeyPair(key, `root@${host}`)
  await mkdir(inside('root/.ssh'), { recursive: true, mode: 0o700 })
  await writeFile(inside('root/.ssh/authorized_keys'), `${await operatorPublicKey(org)}\n`, { mode: 0o600 })
  const settings = hostSettings(await operatorSettings(), packagesUrl)
  await writeFile(inside('etc/apt/apt.conf.d/90sandbox-operator'), settings.map((line) => `${line}\n`).join(''))
  if (await hasFirstVersion()) await writableGroups(inside('etc/systemd/system'))
  return fingerprint(`${key}.pub`)
}

/** Gives a host the name servers that this machine uses now. */
export async function giveNameServers({ org, host }: HostRecord): Promise<void> {
  const path = join(hostPlaces(org, host).root, 'etc/resolv.conf')
  await rm(path, { force: true })
  await writeFile(path, await nameServers())
}

// A resolver on this machine's loopback is another loopback for the host: systemd-resolved keeps the real ones aside.
async function nameServers(): Promise<string> {
  const own = await readFile('/etc/resolv.conf', 'utf8')
  if (!/^nameserver\s+(127\.|::1)/m.test(own)) return own
  return (await readFile('/run/systemd/resolve/resolv.conf', 'utf8').catch(absent)) ?? own
}

// systemd-nspawn leaves control groups of the first version read-only inside, and Docker could start nothing there.
async function writableGroups(units: string): Promise<void> {
  const unit = join(units, 'sandbox-cgroups.service')
  const wanted = join(units, 'sysinit.target.wants', 'sandbox-cgroups.service')
  await writeFile(
    unit,
    `[Unit]
Description=Control groups of the first version are writable (this host is a container)
DefaultDependencies=no
Before=sysinit.target

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'for group in /sys/fs/cgroup/*/; do mount -o remount,bind,rw $$group; done; true'

[Install]
WantedBy=sysinit.target
`,
  )
  await mkdir(dirname(wanted), { recursive: true })
  await rm(wanted, { force: true })
  await symlink('../sandbox-cgroups.service', wanted)
}

const mounted = async (path: string): Promise<boolean> =>
  (await readFile('/proc/self/mounts', 'utf8')).includes(` ${path.replaceAll(' ', '\\040')} `)

const badPath = (...paths: readonly string[]): Fault =>
  new Fault('A sandbox host’s disk cannot lie there.', {
    because: `a comma, colon or backslash in a path cannot be mounted: ${paths.join(', ')}`,
    try: 'set XDG_STATE_HOME and XDG_CACHE_HOME to plain paths',
  })
