import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stateDirectory } from '../engine/places.ts'
import { readInventory } from '../inventory/read.ts'
import { meetOne } from './one-host.ts'

/** Hands this terminal to `ssh`, with the same key, port and user, and with the host's key pinned. @returns its exit status */
export async function ssh(file: string, name: string): Promise<number> {
  const org = readInventory(file)
  const { remote, destination, hostKey } = await meetOne(org, name)
  remote.close()
  const known = join(stateDirectory(org.name), `known_hosts.${name}`)
  const type = hostKey.toString('latin1', 4, 4 + hostKey.readUInt32BE(0))
  writeFileSync(known, `${name} ${type} ${hostKey.toString('base64')}\n`, { mode: 0o600 })
  const options = [
    `UserKnownHostsFile=${known}`,
    'StrictHostKeyChecking=yes',
    `HostKeyAlias=${name}`,
    `HostKeyAlgorithms=${type}`,
  ]
  const identities = destination.identities.flatMap((path) => ['-i', path])
  const words = [
    ...options.flatMap((option) => ['-o', option]),
    ...identities,
    '-p',
    String(destination.port),
    '-l',
    destination.user,
    '--',
    destination.address,
  ]
  return new Promise((resolve, reject) => {
    spawn('ssh', words, { stdio: 'inherit' })
      .on('error', reject)
      .on('exit', (code) => resolve(code ?? 1))
  })
}
