import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { boot } from '../../../src/provision/nspawn/boot.ts'
import { endGroup } from '../../../src/provision/nspawn/cgroup.ts'
import { furnishDisk, giveNameServers, mountDisk, removeDisk, unmountDisk } from '../../../src/provision/nspawn/disk.ts'
import { claim, onMachine, release } from '../../../src/provision/nspawn/machine.ts'
import { hostId, hostPlaces, sandboxDirectory } from '../../../src/provision/nspawn/names.ts'
import { connectHost, disconnectHost } from '../../../src/provision/nspawn/network.ts'
import { runs } from '../../../src/provision/nspawn/process.ts'
import { type HostRecord, recordsOf, removeRecord, writeRecord } from '../../../src/provision/nspawn/record.ts'
import { run } from '../../../src/provision/nspawn/run.ts'
import { freeAddress } from '../../../src/provision/nspawn/subnet.ts'
import { operatorPublicKey } from '../../../src/provision/operator-key.ts'
import { BOOT_UNIT } from './disk.ts'
import { dropletImage } from './image.ts'
import { type Network, ORG } from './network.ts'

/** What a machine is made from: what the API was told. */
export interface Order {
  readonly id: number
  readonly name: string
  readonly region: string
  /** `debian-13-x64` */
  readonly image: string
  readonly userData: string
  readonly publicKeys: readonly string[]
}

const SEED = 'var/lib/cloud/seed/config_drive/openstack/latest'

/** The private address of a machine, beside its public one. */
export const privateAddress = ({ address }: HostRecord): string => `10.108.0.${address.split('.')[3]}`

/** Makes a machine as an empty Debian with cloud-init, and boots it; `placed` is told its address before it runs. */
export async function make(order: Order, network: Network, placed: (address: string) => void): Promise<HostRecord> {
  const record = await claimed(order, network)
  placed(record.address)
  const image = await dropletImage(record.release)
  await mountDisk(record, image)
  await furnishDisk(record)
  await hand(order, hostPlaces(ORG, record.host).root)
  return start({ ...record, base: image, hostKey: 'made by its user data' })
}

/** Boots a machine whose disk is there. */
export async function start(record: HostRecord): Promise<HostRecord> {
  await giveNameServers(record)
  await connectHost(record)
  const { id, bridge } = record
  const inside = ['-n', id]
  await run('ip', ['link', 'add', `${id}p`, 'type', 'veth', 'peer', 'name', 'host1', 'netns', id])
  await run('ip', ['link', 'set', `${id}p`, 'master', bridge, 'up'])
  await run('ip', [...inside, 'address', 'add', `${privateAddress(record)}/20`, 'dev', 'host1'])
  await run('ip', [...inside, 'link', 'set', 'host1', 'up'])
  return writeRecord({ ...record, process: await boot(record) })
}

/** Ends a machine: at once, or by its own systemd. Its disk stays. */
export async function stop({ id, process: mark }: HostRecord, orderly: boolean): Promise<void> {
  if (orderly && mark) {
    process.kill(mark.pid, 'SIGTERM')
    for (let waited = 0; waited < 200 && (await runs(mark)); waited++) await later(100)
  }
  await endGroup(id)
  await disconnectHost(id)
}

/** Takes a machine away, with its disk, and what this machine had for it. */
export async function remove(record: HostRecord): Promise<void> {
  const { org, host, id } = record
  await stop(record, false)
  await unmountDisk(org, host)
  // A closed mount point cannot be removed.
  await run('chattr', ['-R', '-f', '-i', hostPlaces(org, host).upper]).catch(() => undefined)
  await removeDisk(org, host)
  await onMachine(() => release(id))
  await removeRecord(org, host)
}

// Written before anything is made, so that `sandbox down --all` takes away whatever a killed test leaves.
const claimed = ({ id: number, image }: Order, { bridge, subnet }: Network): Promise<HostRecord> =>
  onMachine(async () => {
    const host = `droplet-${number}`
    await mkdir(sandboxDirectory(ORG), { recursive: true, mode: 0o700 })
    const others = await recordsOf(ORG)
    const taken = others.map(({ address }) => address)
    const codename = image.startsWith('debian-12') ? 'bookworm' : 'trixie'
    const id = hostId(ORG, host)
    const record = { org: ORG, host, release: codename, id, bridge, subnet, address: freeAddress(subnet, taken) }
    await writeRecord(record)
    await claim({ id, bridge, subnet, org: ORG, host }, () => undefined)
    await operatorPublicKey(ORG)
    return record
  })

// Nobody can log in but by what the API was told, and nobody knows its key but by its user data.
async function hand({ id, name, region, userData, publicKeys }: Order, root: string): Promise<void> {
  for (const left of ['root/.ssh', 'etc/ssh/ssh_host_ed25519_key', 'etc/ssh/ssh_host_ed25519_key.pub'])
    await rm(join(root, left), { recursive: true, force: true })
  const units = join(root, 'etc/systemd/system')
  await writeFile(join(units, 'droplet-disks.service'), BOOT_UNIT)
  await mkdir(join(units, 'multi-user.target.wants'), { recursive: true })
  await symlink('../droplet-disks.service', join(units, 'multi-user.target.wants/droplet-disks.service'))
  const metadata = {
    uuid: String(id),
    hostname: name,
    name,
    availability_zone: region,
    public_keys: Object.fromEntries(publicKeys.map((key, index) => [`key-${index}`, key])),
  }
  for (const [file, content] of [
    ['meta_data.json', JSON.stringify(metadata)],
    ['user_data', userData],
  ] as const) {
    const path = join(root, SEED, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content, { mode: 0o600 })
  }
}
