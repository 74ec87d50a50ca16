import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../../engine/fault.ts'
import { stateDirectory } from '../../engine/places.ts'
import { Secret } from '../../engine/secret.ts'

const MINUTE_MS = 60_000
const VALID_MINUTES = 30
// The clock of whoever checks it may be late, or in another time zone. Nothing is lost by it: the key is younger than that.
const EARLIER_MINUTES = 24 * 60

/**
 * The organization's word that this key is the host's, for half an hour from now: the line of a `-cert.pub` file. By it `ssh` of
 * any operator knows a host that was just made, from one `@cert-authority` line. The authority's key is made at its
 * first use.
 * @throws Fault where that key cannot be read or written, or others may read it
 */
export async function certificateFor(org: string, host: string, publicKey: string, now = Date.now()): Promise<string> {
  const { hostCertificate, publicHalf } = await import('../../engine/host-certificate.ts')
  const { newKeyPair } = await import('../../engine/key-pair.ts')
  const path = join(stateDirectory(org), 'host-authority')
  try {
    mkdirSync(stateDirectory(org), { recursive: true, mode: 0o700 })
    const key = read(path) ?? make(path, newKeyPair(`host authority of ${org}`).private)
    if (!exists(`${path}.pub`)) write(`${path}.pub`, `${publicHalf(key)} host authority of ${org}\n`)
    return hostCertificate(key, {
      publicKey,
      principal: host,
      validAfter: new Date(now - EARLIER_MINUTES * MINUTE_MS),
      validBefore: new Date(now + VALID_MINUTES * MINUTE_MS),
    })
  } catch (error) {
    if (error instanceof Fault) throw error
    throw new Fault(`The key by which ${org} vouches for its hosts cannot be used, so no host was made.`, {
      at: path,
      because: error instanceof Error ? error.message : String(error),
      try: 'bring that file back from another operator; or move it away: the next run makes another, and whoever has the old @cert-authority line needs the new one',
    })
  }
}

function read(path: string): Secret | undefined {
  if (!exists(path)) return undefined
  if (statSync(path).mode & 0o077)
    throw new Fault('Others may read the key by which we vouch for our hosts, so no host was made.', {
      at: path,
      because: 'whoever has it can pass for any host of the organization; its mode must be 600',
      try: `chmod 600 ${path}; if somebody may have read it, move it away instead: the next run makes another`,
    })
  return new Secret(readFileSync(path, 'utf8'))
}

// Two runs may make it at once: whose name stands first is right.
function make(path: string, key: Secret): Secret {
  write(`${path}.${process.pid}`, key.reveal())
  try {
    linkSync(`${path}.${process.pid}`, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(`${path}.${process.pid}`, { force: true })
  }
  return new Secret(readFileSync(path, 'utf8'))
}

function write(path: string, content: string): void {
  const file = openSync(path, 'w', 0o600)
  writeSync(file, content)
  fsyncSync(file)
  closeSync(file)
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined
