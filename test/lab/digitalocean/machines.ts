import { closeSync, mkdtempSync, openSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runs } from '../../../src/provision/nspawn/process.ts'
import type { HostRecord } from '../../../src/provision/nspawn/record.ts'
import { type Disk, diskOf, endDisk, putDisks } from './disk.ts'
import { make, type Order, privateAddress, remove, start, stop } from './machine.ts'
import { metadataAt } from './metadata.ts'
import { closeNetwork, openNetwork } from './network.ts'

export interface Addresses {
  readonly public: string
  readonly private: string
}

/** Real hosts behind the droplets of a stand-in: Debian with cloud-init, by systemd-nspawn. Needs root. */
export interface Machines {
  /** The address of this machine that all of them reach. */
  readonly gateway: string
  /** Makes a machine and boots it; its sshd answers some seconds later. */
  readonly make: (order: Order) => Promise<Addresses>
  readonly power: (droplet: number, to: 'on' | 'off' | 'shutdown') => Promise<void>
  /** Gives it a file of this machine as a further disk, also after its next start: /dev/disk/by-id/scsi-0DO_Volume_NAME. */
  readonly attach: (droplet: number, name: string, file: string) => Promise<void>
  readonly detach: (droplet: number, name: string) => Promise<void>
  /** The file of a volume, empty at first: kept until all of them are taken away. */
  readonly volume: (id: string, sizeGiB: number) => string
  /** Takes it away with its disk; the files that were further ones stay. What was still being made is waited for. */
  readonly remove: (droplet: number) => Promise<void>
  /** Takes all of them away. To be called, always. */
  readonly close: () => Promise<void>
}

/** This process takes the machines' state directory for its own from now on: a run of groundwork needs another. */
export async function machines(): Promise<Machines> {
  const state = mkdtempSync(join(tmpdir(), 'groundwork-droplets-'))
  process.env.XDG_STATE_HOME = state
  const made = new Map<number, Promise<HostRecord>>()
  const byAddress = new Map<string, Order>()
  const disks = new Map<number, readonly Disk[]>()
  const network = await openNetwork()
  const metadata = await metadataAt(network, (from) => {
    const told = byAddress.get(from)
    return told && { ...told, address: from }
  })

  const of = async (droplet: number): Promise<HostRecord> => {
    const record = await made.get(droplet)
    if (!record) throw new Error(`there is no machine of the droplet ${droplet}`)
    return record
  }
  const away = async (droplet: number): Promise<void> => {
    const record = await of(droplet)
    made.delete(droplet)
    await remove(record)
    for (const disk of disks.get(droplet) ?? []) await endDisk(disk)
    disks.delete(droplet)
  }
  const runsNow = async (droplet: number): Promise<boolean> => {
    const { process: mark } = await of(droplet)
    return mark !== undefined && (await runs(mark))
  }
  const put = async (droplet: number): Promise<void> => {
    const { id } = await of(droplet)
    await putDisks(id, disks.get(droplet) ?? [])
  }
  return {
    gateway: network.gateway,
    make: async (order) => {
      const making = make(order, network, (address) => byAddress.set(address, order))
      made.set(order.id, making)
      const record = await making
      return { public: record.address, private: privateAddress(record) }
    },
    power: async (droplet, to) => {
      const record = await of(droplet)
      await stop(record, to === 'shutdown')
      if (to !== 'on') return
      made.set(droplet, start(record))
      await put(droplet)
    },
    attach: async (droplet, name, file) => {
      disks.set(droplet, [...(disks.get(droplet) ?? []), await diskOf(name, file)])
      if (await runsNow(droplet)) await put(droplet)
    },
    detach: async (droplet, name) => {
      const all = disks.get(droplet) ?? []
      disks.set(
        droplet,
        all.filter((disk) => disk.name !== name),
      )
      if (await runsNow(droplet)) await put(droplet)
      for (const disk of all) if (disk.name === name) await endDisk(disk)
    },
    volume: (id, sizeGiB) => {
      const file = join(state, `volume-${id}`)
      closeSync(openSync(file, 'a'))
      truncateSync(file, sizeGiB * 2 ** 30)
      return file
    },
    remove: away,
    close: async () => {
      await metadata.close()
      for (const droplet of [...made.keys()]) await away(droplet)
      await closeNetwork()
      rmSync(state, { recursive: true, force: true })
    },
  }
}
