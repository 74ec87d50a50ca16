import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Way } from './tool.ts'
import type { Wish } from './wish.ts'

/** Writes the wished files where Ansible's and pyinfra's own idiom has them: in `files/`. */
export function writeFiles(directory: string, wish: Wish): void {
  mkdirSync(join(directory, 'files'), { recursive: true })
  for (const { name, content } of wish.files) writeFileSync(join(directory, 'files', name), content)
}

/** Writes a known_hosts file with the host's key for every address. @returns its path */
export function knownHosts(directory: string, { addresses, port, hostKey }: Way): string {
  const path = join(directory, 'known_hosts')
  writeFileSync(path, addresses.map((address) => `[${address}]:${port} ${hostKey.line}\n`).join(''))
  return path
}
