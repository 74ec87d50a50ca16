import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../engine/fault.ts'
import { stateDirectory } from '../engine/places.ts'
import { Secret } from '../engine/secret.ts'

/** What the first manager knows of the organization's key. */
export interface KeyOnHost {
  readonly host: string
  readonly key: Secret | undefined
  /** There are Docker volumes already, whose secrets came from a key. */
  readonly volumes: boolean
}

/**
 * The organization's 32 bytes, as base64url. They stand on the first manager and in the operator's state; either restores the other.
 * @param make whether a first run may make a new key; a plan may not
 * @returns undefined in a plan before the first run
 * @throws Fault where the two differ, or where data exists whose key is gone: never a new key over old data
 */
export async function organizationKey(
  org: string,
  on: KeyOnHost | undefined,
  make: boolean,
): Promise<Secret | undefined> {
  const file = join(stateDirectory(org), 'key')
  const here = read(file)
  if (here && on?.key && here.reveal() !== on.key.reveal()) throw differ(org, on.host, file)
  const known = here ?? on?.key
  if (!known && on?.volumes) throw gone(org, on.host, file)
  if (!make) return known
  const key = known ?? new Secret(randomBytes(32).toString('base64url'))
  if (!here) await write(file, key)
  return key
}

function read(file: string): Secret | undefined {
  try {
    return new Secret(readFileSync(file, 'utf8').trim())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function write(file: string, key: Secret): Promise<void> {
  const { default: writeFileAtomic } = await import('write-file-atomic')
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 })
  await writeFileAtomic(file, `${key.reveal()}\n`, { mode: 0o600 })
}

const differ = (org: string, host: string, file: string): Fault =>
  new Fault(`The key of ${org} on this machine is not the one on ${host}.`, {
    at: `${host} › key`,
    because: 'every generated secret comes from this key; nothing was changed',
    try: `if the host is right:  mv ${file} ${file}.old   and run again: the host's key is taken`,
  })

const gone = (org: string, host: string, file: string): Fault =>
  new Fault(`The key of ${org} is gone, and ${host} has data that was made with it.`, {
    at: `${host} › key`,
    because: 'a new key would make new passwords, and the databases would refuse them; nothing was changed',
    try: `bring the old key back to ${file}: from another operator's machine, or from a backup`,
  })
