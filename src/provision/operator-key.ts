import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stateDirectory } from '../engine/places.ts'
import { exists } from './nspawn/files.ts'
import { run } from './nspawn/run.ts'

/** Path of the private key with which this machine's operator enters the hosts that groundwork makes for this organization. */
export const operatorKeyPath = (org: string): string => join(stateDirectory(org), 'id_ed25519')

/** The public half, made with the private one where there is none yet. Call it under a lock. */
export async function operatorPublicKey(org: string): Promise<string> {
  const path = operatorKeyPath(org)
  if (!(await exists(path))) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await makeKeyPair(path, `groundwork ${org}`)
  }
  await chmod(path, 0o600)
  // Asked in every run: the file beside it is ten times as fast as ssh-keygen, which only makes it again where it is gone.
  const known = await readFile(`${path}.pub`, 'utf8').catch(() => undefined)
  return (known ?? (await run('ssh-keygen', ['-y', '-f', path]))).trim()
}

/** Makes an ed25519 pair without a passphrase at this path; the private half comes last, so that it is never there alone. */
export async function makeKeyPair(path: string, comment: string): Promise<void> {
  const draft = `${path}.new`
  await rm(draft, { force: true })
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', draft])
  await rename(`${draft}.pub`, `${path}.pub`)
  await rename(draft, path)
}

/** The fingerprint of a public key file, as `SHA256:…`. */
export async function fingerprint(publicKeyPath: string): Promise<string> {
  const printed = await run('ssh-keygen', ['-l', '-E', 'sha256', '-f', publicKeyPath])
  return printed.split(' ')[1] ?? ''
}
