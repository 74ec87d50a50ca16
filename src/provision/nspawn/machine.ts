import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Report } from '../../engine/event.ts'
import { operatorSettings } from './apt.ts'
import { absent, exists } from './files.ts'
import { passOthers, unpassOthers } from './forward.ts'
import { raiseSettings, restoreSettings } from './kernel-settings.ts'
import { onSandbox } from './lock.ts'
import { startPackages, stopPackages } from './packages.ts'
import { type Network, packagesAt, ruleset, table } from './ruleset.ts'
import { answerOf, run } from './run.ts'
import { addressIn } from './subnet.ts'

// What is changed on this machine ends with its next boot, and so does this memory of it. It is one for all users' and
// organizations' sandboxes, as the machine is.
const memory = '/run/groundwork'
const places = {
  lock: join(memory, 'lock'),
  claims: join(memory, 'hosts'),
  namespaces: join(memory, 'netns-mounted'),
  packages: join(memory, 'packages.json'),
}

/** A host that needs this machine's part of the sandbox; written before anything is made for it. */
export interface Claim extends Network {
  readonly id: string
  readonly org: string
  readonly host: string
}

/** Does work on this machine's part of the sandbox, one at a time. */
export const onMachine = <T>(work: () => Promise<T>): Promise<T> => onSandbox(places.lock, work)

/** All hosts that are made on this machine at the moment, whoever's they are. */
export async function claims(): Promise<readonly Claim[]> {
  const files = (await readdir(places.claims).catch(absent)) ?? []
  const texts = await Promise.all(files.map((file) => readFile(join(places.claims, file), 'utf8').catch(absent)))
  return texts.filter((text) => text).map((text) => JSON.parse(text ?? '') as Claim)
}

/** Makes this machine ready for a host: forwarding, bridges, rules, package cache. Says what it changes. Call it inside `onMachine`. */
export async function claim(wanted: Claim, report: Report): Promise<void> {
  const others = (await claims()).filter(({ id }) => id !== wanted.id)
  await mkdir(places.claims, { recursive: true, mode: 0o700 })
  await writeFile(join(places.claims, wanted.id), JSON.stringify(wanted))
  await announce(wanted, others, report)
  await raiseSettings(memory)
  await rememberNamespaces()
  await bridge(wanted.bridge, `${addressIn(wanted.subnet, 1)}/24`)
  await bridge(packagesAt.bridge, `${packagesAt.address}/32`)
  await rules([wanted, ...others])
  const passed = await passOthers()
  if (passed.length) {
    report({
      event: 'note',
      text: `Rules “groundwork sandbox” let it through the firewall of this machine: ${passed.join(', ')}.`,
    })
  }
  await startPackages(places.packages, report)
}

/** Takes away what this machine had for a host, and with the last one everything. Call it inside `onMachine`. */
export async function release(id: string): Promise<void> {
  const all = await claims()
  const rest = all.filter((other) => other.id !== id)
  const gone = all.find((other) => other.id === id)
  if (gone && !rest.some((other) => other.bridge === gone.bridge)) await unlink(gone.bridge)
  if (rest.length) await rules(rest)
  else await releaseMachine()
  await rm(join(places.claims, id), { force: true })
  if (!rest.length) await rm(memory, { recursive: true, force: true })
}

/** Deletes an interface, if it is there. */
export async function unlink(name: string): Promise<void> {
  if (await exists(`/sys/class/net/${name}`)) await run('ip', ['link', 'delete', name])
}

async function releaseMachine(): Promise<void> {
  if (!(await exists(memory))) return
  await stopPackages(places.packages)
  await unlink(packagesAt.bridge)
  await unpassOthers()
  await answerOf('nft', ['delete', 'table', 'inet', table])
  await restoreSettings(memory)
  await forgetNamespaces()
}

async function announce(wanted: Claim, others: readonly Claim[], report: Report): Promise<void> {
  if (await exists(`/sys/class/net/${wanted.bridge}`)) return
  const first = others.length === 0
  const text = first
    ? `On this machine, until the last sandbox host is taken away: bridge ${wanted.bridge} (${wanted.subnet}), bridge ${packagesAt.bridge} with a package cache at ${packagesAt.address}:${packagesAt.port}, nft table inet ${table}, IP forwarding on, up to 4096 inotify instances for one user; for each host an interface, a network namespace and a mount of its own.`
    : `On this machine, until the last sandbox host of ${wanted.org} is taken away: bridge ${wanted.bridge} (${wanted.subnet}).`
  report({ event: 'note', text })
}

async function bridge(name: string, address: string): Promise<void> {
  if (!(await exists(`/sys/class/net/${name}`))) await run('ip', ['link', 'add', name, 'type', 'bridge'])
  await run('ip', ['address', 'replace', address, 'dev', name])
  await run('ip', ['link', 'set', name, 'up'])
}

async function rules(networks: readonly Network[]): Promise<void> {
  const distinct = [...new Map(networks.map((network) => [network.bridge, network])).values()]
  const { proxy } = await operatorSettings()
  const port = proxy && URL.canParse(proxy) ? Number(new URL(proxy).port || 80) : undefined
  await run('nft', ['--file', '-'], { input: ruleset(distinct, port) })
}

// The first `ip netns add` of a machine makes /run/netns a mount of its own, which would stay.
async function rememberNamespaces(): Promise<void> {
  if (!(await exists('/run/netns'))) await writeFile(places.namespaces, '')
}

async function forgetNamespaces(): Promise<void> {
  if (!(await exists(places.namespaces))) return
  const names = (await readdir('/run/netns').catch(absent)) ?? []
  if (names.length) return
  await answerOf('umount', ['/run/netns'])
  await rmdir('/run/netns').catch(absent)
}
