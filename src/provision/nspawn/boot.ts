import { spawn } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '../../engine/fault.ts'
import { answersSsh } from './banner.ts'
import { inGroup } from './cgroup.ts'
import { absent } from './files.ts'
import { hostPlaces } from './names.ts'
import { markOf, type ProcessMark, runs } from './process.ts'
import type { HostRecord } from './record.ts'
import { lastLines } from './run.ts'

/** Starts a host whose disk and network are there; it outlives this process. */
export async function boot({ org, host, id }: HostRecord): Promise<ProcessMark> {
  const { root, docker, console } = hostPlaces(org, host)
  const [program = '', ...words] = [
    ...(await inGroup(id)),
    'systemd-nspawn',
    `--machine=${id}`,
    `--hostname=${host}`,
    `--directory=${root}`,
    '--register=no',
    '--keep-unit',
    '--private-users=no',
    `--network-namespace-path=/run/netns/${id}`,
    // All that Docker and image builds need; but this machine's clock, modules, ports and power are out of reach.
    '--capability=all',
    '--drop-capability=CAP_SYS_TIME,CAP_SYS_MODULE,CAP_SYS_RAWIO,CAP_SYS_BOOT',
    '--system-call-filter=add_key keyctl bpf',
    '--bind=/dev/fuse',
    // An overlay cannot lie on an overlay, and Docker's images are overlays.
    `--bind=${docker}:/var/lib/docker`,
    // What groundwork sets on a host must not be set again, from outside, at its next start.
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    '--boot',
  ]
  const log = await open(console, 'a')
  const child = spawn(program, words, {
    detached: true,
    cwd: '/',
    stdio: ['ignore', log.fd, log.fd],
    env: { ...process.env, SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' },
  })
  await log.close()
  const failed = new Promise<Error>((resolve) => child.on('error', resolve))
  const mark = child.pid === undefined ? undefined : await markOf(child.pid)
  child.unref()
  if (!mark) throw await didNotStart(org, host, child.pid === undefined ? (await failed).message : 'it ended at once')
  return mark
}

/** Waits until a host answers SSH, and says on which of these ports. @throws Fault with the console's last lines if it does not. */
export async function untilSsh(record: HostRecord, ports: readonly number[], seconds = 30): Promise<number> {
  const end = Date.now() + seconds * 1000
  while (Date.now() < end) {
    for (const port of ports) if (await answersSsh(record.address, port)) return port
    if (!(await runs(record.process))) throw await didNotStart(record.org, record.host, 'its process ended')
    await sleep(50)
  }
  throw await didNotStart(record.org, record.host, `no SSH at ${record.address} after ${seconds} s`)
}

async function didNotStart(org: string, host: string, because: string): Promise<Fault> {
  const { console } = hostPlaces(org, host)
  const said = lastLines((await readFile(console, 'utf8').catch(absent)) ?? '', 10)
  return new Fault(`The sandbox host ${host} did not come up.`, {
    at: host,
    because: said ? `${because}; its console’s last lines:\n${said}` : because,
    try: `read ${console}; or begin anew: npx tsx bootstrap.ts sandbox down ${host} --inventory FILE, then the same command again`,
  })
}
