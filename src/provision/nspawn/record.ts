import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { stateDirectory } from '../../engine/places.ts'
import { absent } from './files.ts'
import { hostPlaces, sandboxDirectory } from './names.ts'

/** What is remembered of a sandbox host. Written before anything is made, and removed after everything is gone. */
export interface HostRecord {
  readonly org: string
  readonly host: string
  readonly release: string
  /** Its interface, network namespace, machine and control group have this name. */
  readonly id: string
  readonly bridge: string
  /** `10.77.0.0/24` */
  readonly subnet: string
  readonly address: string
  /** Directory of the base beneath its disk; undefined until there is one. */
  readonly base?: string
  /** `SHA256:…`; undefined as long as its disk is not whole. */
  readonly hostKey?: string
  /** The process that is the host, and when it started (clock ticks after boot, field 22 of /proc/PID/stat): a pid alone comes back. */
  readonly process?: { readonly pid: number; readonly start: string }
}

/** What is remembered of a host; undefined: nothing. */
export const readRecord = (org: string, host: string): Promise<HostRecord | undefined> =>
  read(hostPlaces(org, host).record)

/** Remembers a host; the file is the old one or the new one, whatever happens. */
export async function writeRecord(record: HostRecord): Promise<HostRecord> {
  await writeFileAtomic(hostPlaces(record.org, record.host).record, `${JSON.stringify(record, null, 2)}\n`, {
    mode: 0o600,
  })
  return record
}

/** Forgets a host. */
export const removeRecord = (org: string, host: string): Promise<void> =>
  rm(hostPlaces(org, host).record, { force: true })

/** All hosts of one organization. */
export async function recordsOf(org: string): Promise<readonly HostRecord[]> {
  const directory = sandboxDirectory(org)
  const files = (await names(directory)).filter((name) => name.endsWith('.json'))
  return (await Promise.all(files.map((file) => read(join(directory, file))))).filter((record) => record !== undefined)
}

/** All hosts of all organizations. */
export async function allRecords(): Promise<readonly HostRecord[]> {
  const orgs = await names(stateDirectory())
  return (await Promise.all(orgs.map(recordsOf))).flat()
}

async function read(path: string): Promise<HostRecord | undefined> {
  const text = await readFile(path, 'utf8').catch(absent)
  return text === undefined ? undefined : (JSON.parse(text) as HostRecord)
}

const names = async (directory: string): Promise<readonly string[]> => (await readdir(directory).catch(absent)) ?? []
