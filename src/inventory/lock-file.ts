import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { Fault } from '../engine/fault.ts'
import { stateDirectory } from '../engine/places.ts'
import { faultOf, faultsOf } from './fault-list.ts'
import { bytesOf } from './file-bytes.ts'
import { type AtDigitalOcean, type LockedHost, type LockFile, lockFileSchema } from './lock-file-schema.ts'
import type { Org } from './org.ts'
import { readSource } from './source.ts'
import { VERSION } from './version.ts'
import { marksOf } from './words.ts'

/** Where it lies: beside the inventory, to be committed; for sandboxes alone in the state directory, so that trying leaves the checkout clean. */
export const lockFilePath = ({ name, file, hosts }: Wanted): string =>
  join(hosts.every(isSandbox) ? stateDirectory(name) : dirname(file), `${name}.lock.yaml`)

/** What the lock file says; no hosts where there is none yet. @throws Fault (exit 64) where it is broken, or a newer groundwork wrote it */
export function readLockFile(org: Wanted): LockFile {
  const file = lockFilePath(org)
  const bytes = bytesOf(file, 'bring back the committed one: git checkout -- that file')
  return bytes ? parseLockFile(bytes, file) : { hosts: {} }
}

/** The same of a file's bytes; `file` is for messages. */
export function parseLockFile(content: string | Uint8Array, file: string): LockFile {
  const source = readSource(content, file)
  const { groundwork } = (source.value ?? {}) as { readonly groundwork?: unknown }
  if (typeof groundwork === 'string' && isNewer(groundwork)) throw newer(file, groundwork)
  const { data, error } = lockFileSchema.safeParse(source.value, { reportInput: true })
  const faults = faultsOf(
    source,
    source.value === undefined ? [] : marksOf(error?.issues ?? [], lockFileSchema, source),
  )
  if (!data || faults.length) throw faultOf(source, faults)
  return { hosts: data.hosts, ...(data.digitalocean && { digitalocean: data.digitalocean }) }
}

/**
 * Keeps what was found out about these hosts. One that was not met this time stays as it is known; one that left the
 * inventory goes. Nothing is written where nothing is new.
 */
export async function writeLockFile(
  org: Wanted,
  met: Readonly<Record<string, Omit<LockedHost, 'since'>>>,
): Promise<void> {
  const { hosts: old, digitalocean } = readLockFile(org)
  const onlySandboxes = org.hosts.every(isSandbox)
  // The same sandbox has another key on every machine: beside the inventory it would change with each person.
  const kept = org.hosts.filter((host) => onlySandboxes || !isSandbox(host)).map(({ name }) => name)
  const hosts = Object.fromEntries(
    kept.flatMap((name) => {
      const host = since(old[name], met[name])
      return host ? [[name, host] as const] : []
    }),
  )
  if (JSON.stringify(hosts) === JSON.stringify(old)) return
  await write(org, { hosts, digitalocean })
}

/** Keeps what was seen at the provider, and all else as it is. Nothing is written where nothing is new. */
export async function noteAtDigitalOcean(org: Wanted, { buckets, ...lists }: AtDigitalOcean): Promise<void> {
  const { hosts, digitalocean = {} } = readLockFile(org)
  const sorted = Object.entries(buckets ?? {}).sort(([one], [other]) => (one < other ? -1 : 1))
  const now = { ...lists, ...(sorted.length && { buckets: Object.fromEntries(sorted) }) }
  if (JSON.stringify(now) !== JSON.stringify(digitalocean)) await write(org, { hosts, digitalocean: now })
}

async function write(org: Wanted, { hosts, digitalocean = {} }: LockFile): Promise<void> {
  const file = lockFilePath(org)
  const { default: writeFileAtomic } = await import('write-file-atomic')
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const content = { groundwork: VERSION, hosts, ...(Object.keys(digitalocean).length && { digitalocean }) }
  await writeFileAtomic(file, HEADING + stringify(content, { lineWidth: 0 }))
}

type Wanted = Pick<Org, 'name' | 'file'> & {
  readonly hosts: readonly Pick<Org['hosts'][number], 'name' | 'provider'>[]
}

const HEADING = '# Written by groundwork: what it has found out. Commit it. It holds no secret.\n'

const isSandbox = ({ provider }: { readonly provider: string }): boolean => provider === 'sandbox'

function since(old: LockedHost | undefined, met: Omit<LockedHost, 'since'> | undefined): LockedHost | undefined {
  if (!met) return old
  const isSame = old?.hostKey === met.hostKey
  // Who is not in the tailnet today has not forgotten the way; a host that was made anew has another address there.
  const tailnet = met.tailnet ?? (isSame ? old.tailnet : undefined)
  if (isSame && old.address === met.address && old.tailnet === tailnet) return old
  const now = `${new Date().toISOString().slice(0, 19)}Z`
  return {
    hostKey: met.hostKey,
    address: met.address,
    since: isSame ? old.since : now,
    ...(tailnet !== undefined && { tailnet }),
  }
}

function isNewer(version: string): boolean {
  const numbers = (text: string) => text.split(/[.+-]/).slice(0, 3).map(Number)
  const [theirs, ours] = [numbers(version), numbers(VERSION)]
  const at = theirs.findIndex((number, index) => number !== ours[index])
  return at >= 0 && (theirs[at] ?? 0) > (ours[at] ?? 0)
}

const newer = (file: string, version: string): Fault =>
  new Fault(`A newer groundwork (${version}) wrote ${file}.`, {
    because: `this is ${VERSION}, which may not understand what the newer one relies on; nothing was connected`,
    try: 'git pull && npm ci, and run again',
    exit: 64,
  })
