import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { promisify } from 'node:util'
import { endGroup, processesOf } from '../../src/provision/nspawn/cgroup.ts'
import { unmountDisk } from '../../src/provision/nspawn/disk.ts'
import { hostId, hostPlaces } from '../../src/provision/nspawn/names.ts'
import type { Sandbox } from './sandbox.ts'

const run = promisify(execFile)

/**
 * A sandbox host's disk, kept and put back. The host comes back under the same name, address, keys and operator's state, since a
 * swarm does not outlive another address; the next run of any command starts it.
 */
export interface Snapshots {
  /** Shuts the host down and keeps its disk under this name. */
  readonly take: (name: string) => Promise<void>
  /** Ends the host, whatever it does, and gives it this disk. */
  readonly restore: (name: string) => Promise<void>
  readonly forget: (name: string) => Promise<void>
  /** A path inside the host, as it is seen from this machine while the host runs. */
  readonly inside: (path: string) => string
}

/** The snapshots of one host. This process takes the sandbox's state directory for its own from now on. */
export function snapshots(box: Sandbox, org: string, host: string): Snapshots {
  process.env.XDG_STATE_HOME = box.state
  const places = hostPlaces(org, host)
  const kept = (name: string) => join(box.state, 'snapshots', name)

  const halt = async () => {
    await endGroup(hostId(org, host))
    await unmountDisk(org, host)
  }
  return {
    take: async (name) => {
      await box.sh(host, 'systemctl poweroff').catch(() => undefined)
      for (let tries = 0; tries < 200 && (await processesOf(hostId(org, host))).length; tries++) await later(100)
      await halt()
      await rm(kept(name), { recursive: true, force: true })
      await mkdir(kept(name), { recursive: true })
      await run('cp', ['-a', '--reflink=auto', places.upper, places.docker, kept(name)])
    },
    restore: async (name) => {
      await halt()
      for (const place of [places.upper, places.docker, places.work]) await rm(place, { recursive: true, force: true })
      await run('cp', ['-a', '--reflink=auto', join(kept(name), 'upper'), join(kept(name), 'docker'), places.directory])
    },
    forget: (name) => rm(kept(name), { recursive: true, force: true }),
    inside: (path) => join(places.root, path),
  }
}
