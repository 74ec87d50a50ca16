import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../engine/fault.ts'
import { firstContactPath } from './place.ts'

/** By what a host that was just made is known, until its own key stands in the lock file. Fingerprints only. */
export interface FirstContact {
  /** Of the key in its user data. */
  readonly oneTimeKey: string
  /** Of the key that the host has made for itself, from before the moment that it shows it. */
  readonly nextKey?: string | undefined
}

const fingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/)
const schema = z.strictObject({ oneTimeKey: fingerprint, nextKey: fingerprint.optional() })

/** What is remembered of a host's first contact; undefined: nothing, or it is over. @throws Fault where it cannot be read */
export function firstContactOf(org: string, host: string): FirstContact | undefined {
  const path = firstContactPath(org, host)
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Fault(`What is remembered of the first contact with ${host} cannot be read.`, {
      at: path,
      because: error instanceof Error ? error.message : String(error),
      try: `compare the key on its console and write it as hostKey of ${host} into the inventory; then remove that file`,
    })
  }
}

/** Remembers it: on disk when this returns, whatever happens then. @throws Fault where it cannot be written */
export function rememberFirstContact(org: string, host: string, contact: FirstContact): void {
  const path = firstContactPath(org, host)
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const file = openSync(`${path}.new`, 'w', 0o600)
    writeSync(file, `${JSON.stringify(contact)}\n`)
    fsyncSync(file)
    closeSync(file)
    renameSync(`${path}.new`, path)
    syncDirectory(dirname(path))
  } catch (error) {
    throw new Fault(`The key of ${host} cannot be remembered, so nothing was made or changed.`, {
      at: path,
      because: error instanceof Error ? error.message : String(error),
      try: 'make room on this machine, or mend that folder; then give the same command again',
    })
  }
}

/** The host's own key stands in the lock file: nothing else is to be remembered. */
export function forgetFirstContact(org: string, host: string): void {
  rmSync(firstContactPath(org, host), { force: true })
}

// A file whose name is not on disk is not there after a power cut.
function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r')
  fsyncSync(handle)
  closeSync(handle)
}
