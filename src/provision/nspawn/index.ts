import { mkdir, rm } from 'node:fs/promises'
import type { Report } from '../../engine/event.ts'
import { Fault } from '../../engine/fault.ts'
import type { HostWish } from '../../inventory/org.ts'
import type { Driver, Sandbox } from '../driver.ts'
import { operatorKeyPath, operatorPublicKey } from '../operator-key.ts'
import type { Endpoint } from '../provider.ts'
import { answersSsh } from './banner.ts'
import { baseOf } from './base.ts'
import { boot, untilSsh } from './boot.ts'
import { endGroup } from './cgroup.ts'
import { furnishDisk, giveNameServers, mountDisk, removeDisk, unmountDisk } from './disk.ts'
import { exists } from './files.ts'
import { onSandbox } from './lock.ts'
import { claim, claims, onMachine, release } from './machine.ts'
import { bridgeName, hostId, hostPlaces, sandboxDirectory } from './names.ts'
import { connectHost, disconnectHost, routedHere } from './network.ts'
import { packagesUrl } from './packages.ts'
import { prerequisites } from './prerequisites.ts'
import { nspawnOf, runs } from './process.ts'
import { allRecords, type HostRecord, readRecord, recordsOf, removeRecord, writeRecord } from './record.ts'
import { freeAddress, freeSubnet, overlap } from './subnet.ts'

/** Sandbox hosts by systemd-nspawn: a Debian with its own systemd, network and disk, on this machine's kernel. Linux, root. */
export const nspawn: Driver = { find, make, list, remove }

async function find(org: string, host: HostWish): Promise<Endpoint | undefined> {
  const record = await readRecord(org, host.name)
  if (!record || !(await runs(record.process))) return undefined
  return endpoint(record, await answeringPort(record, host))
}

async function make(org: string, host: HostWish, report: Report): Promise<Endpoint> {
  await onMachine(() => prerequisites(report))
  return onSandbox(hostPlaces(org, host.name).lock, async () => {
    const known = await readRecord(org, host.name)
    if (known && known.release !== host.release) throw otherRelease(known, host)
    const record = await prepareMachine(known, org, host, report)
    const alive = await adopt(record)
    const running = alive ?? (await start(record, report))
    return endpoint(running, await untilSsh(running, portsOf(host)))
  })
}

// What will be made is written down before it is made: whatever a killed run leaves, the next one knows where to look.
const prepareMachine = (
  known: HostRecord | undefined,
  org: string,
  host: HostWish,
  report: Report,
): Promise<HostRecord> =>
  onMachine(async () => {
    const record = known ?? (await writeRecord(await newRecord(org, host)))
    await stillFree(record)
    await operatorPublicKey(org)
    const { id, bridge, subnet } = record
    await claim({ id, bridge, subnet, org, host: host.name }, report)
    return record
  })

async function newRecord(org: string, { name, release: codename }: HostWish): Promise<HostRecord> {
  await mkdir(sandboxDirectory(org), { recursive: true, mode: 0o700 })
  const others = await recordsOf(org)
  const promised = [...(await allRecords()), ...(await claims())].map(({ subnet }) => subnet)
  const subnet = others[0]?.subnet ?? freeSubnet([...(await routedHere()), ...promised])
  const address = freeAddress(
    subnet,
    others.map((other) => other.address),
  )
  return { org, host: name, release: codename, id: hostId(org, name), bridge: bridgeName(org), subnet, address }
}

// After a boot of this machine the bridge is made again; meanwhile somebody else may have taken its network.
async function stillFree({ host, bridge, subnet }: HostRecord): Promise<void> {
  if (await exists(`/sys/class/net/${bridge}`)) return
  const taker = (await routedHere()).find((route) => overlap(route, subnet))
  if (!taker) return
  throw new Fault(`The network of the sandbox host ${host} is somebody else’s now.`, {
    at: host,
    because: `it has ${subnet}, and this machine routes ${taker}`,
    try: `ip route show ${taker}; take that route away, or the host: npx tsx bootstrap.ts sandbox down ${host} --inventory FILE`,
  })
}

// A host that runs is taken as it is, even if the run that started it died before it could write that down.
async function adopt(record: HostRecord): Promise<HostRecord | undefined> {
  if (await runs(record.process)) return record
  const found = await nspawnOf(record.id)
  return found && record.hostKey ? writeRecord({ ...record, process: found }) : undefined
}

async function start(record: HostRecord, report: Report): Promise<HostRecord> {
  const { org, host } = record
  await clear(record)
  const whole = record.hostKey !== undefined
  if (whole) report({ event: 'note', host, text: 'It was stopped; it is started again on its own disk.' })
  else await removeDisk(org, host)
  const base = record.base ?? (await baseOf(record.release, packagesUrl, report))
  if (!(await exists(base))) throw baseGone(record, base)
  await mountDisk(record, base)
  const furnished = whole ? record : await writeRecord({ ...record, base, hostKey: await furnishDisk(record) })
  await giveNameServers(furnished)
  await connectHost(furnished)
  return writeRecord({ ...furnished, process: await boot(furnished) })
}

async function list(): Promise<readonly Sandbox[]> {
  const records = await allRecords()
  const remembered = records.map(async ({ org, host, address, process }) => {
    return { org, host, address, running: await runs(process) }
  })
  return [...(await Promise.all(remembered)), ...(await forgotten(records))]
}

// Somebody has deleted the folder of a host by hand: the machine still knows it, by a name that only our state directory makes.
async function forgotten(records: readonly HostRecord[]): Promise<readonly Sandbox[]> {
  const known = new Set(records.map(({ id }) => id))
  const ours = (await claims()).filter(({ id, org, host }) => !known.has(id) && id === hostId(org, host))
  return Promise.all(
    ours.map(async ({ id, org, host }) => {
      return { org, host, address: 'forgotten', running: (await nspawnOf(id)) !== undefined }
    }),
  )
}

async function remove(org: string, host: string): Promise<void> {
  const id = hostId(org, host)
  const known = (await readRecord(org, host)) ?? (await claims()).find((other) => other.id === id)
  if (!known) return
  const { lock } = hostPlaces(org, host)
  await onSandbox(lock, async () => {
    await clear({ id, org, host })
    await removeDisk(org, host)
    await onMachine(() => release(id))
    await removeRecord(org, host)
    await rm(lock, { force: true })
  })
}

// Ends what is left of a host: processes, mount, network. Its disk stays.
async function clear({ id, org, host }: Pick<HostRecord, 'id' | 'org' | 'host'>): Promise<void> {
  await endGroup(id)
  await unmountDisk(org, host)
  await disconnectHost(id)
}

const endpoint = ({ org, address, hostKey }: HostRecord, port: number): Endpoint => ({
  address,
  port,
  hostKey,
  identity: operatorKeyPath(org),
  sharesKernel: true,
})

// Once its SSH is hardened a host may answer on the inventory's port instead.
const portsOf = (host: HostWish): readonly number[] => [...new Set([host.port, 22])]

async function answeringPort(record: HostRecord, host: HostWish): Promise<number> {
  const ports = portsOf(host)
  if (ports.length === 1) return ports[0] ?? 22
  for (const port of ports) if (await answersSsh(record.address, port)) return port
  return host.port
}

const otherRelease = (known: HostRecord, host: HostWish): Fault =>
  new Fault(`${host.name} is a Debian ${known.release}, and the inventory says ${host.release}.`, {
    at: host.name,
    because: 'a sandbox host is made anew for another release; it is not upgraded',
    try: `npx tsx bootstrap.ts sandbox down ${host.name} --inventory FILE, then the same command again`,
  })

const baseGone = ({ host }: HostRecord, base: string): Fault =>
  new Fault(`The sandbox host ${host} cannot be started again.`, {
    at: host,
    because: `its disk lies over ${base}, which is gone`,
    try: `npx tsx bootstrap.ts sandbox down ${host} --inventory FILE, then the same command again`,
  })
