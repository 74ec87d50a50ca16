import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { bytesOf } from '../inventory/file-bytes.ts'
import { publicKeyFault } from '../inventory/public-key.ts'

/** A public key of this machine's user. */
interface FoundKey {
  readonly file: string
  readonly line: string
}

/** The keys of ~/.ssh/*.pub that a host takes. */
export function publicKeys(folder = join(homedir(), '.ssh')): readonly FoundKey[] {
  return namesIn(folder)
    .filter((name) => name.endsWith('.pub'))
    .sort()
    .flatMap((name) => {
      const line = lineOf(join(folder, name))
      return line !== undefined && publicKeyFault(line) === undefined ? [{ file: name, line }] : []
    })
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // there is none, or none for us: a key can still be typed
  }
}

function lineOf(file: string): string | undefined {
  try {
    const bytes = bytesOf(file, '')
    return bytes && Buffer.from(bytes).toString('utf8').split(/\r?\n/)[0]?.trim()
  } catch {
    return undefined // a folder, a pipe, somebody else's: none of the keys to offer
  }
}
