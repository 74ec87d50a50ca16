import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fault } from '../../../engine/fault.ts'
import type { StatePlace } from './place.ts'

/** A state in a folder of this machine. */
export function inFolder(address: URL): StatePlace {
  const folder = fileURLToPath(address)
  const path = (name: string) => join(folder, name)
  return {
    read: (name) => readFile(path(name), 'utf8').catch(none(undefined)),
    list: async (name) => (await readdir(path(name)).catch(none([]))).map((one) => `${name}/${one}`),
    remove: (name) => rm(path(name), { force: true }),
    address: path,
    mustTakeWrites: async () => {
      const probe = path('.groundwork-writes')
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeFile(probe, '')
        await rm(probe)
      } catch (error) {
        throw new Fault("Nothing can be written where the organization's Pulumi state is. Nothing was changed.", {
          at: 'digitalocean.pulumi.state',
          because: `${folder}: ${(error as NodeJS.ErrnoException).code}`,
          try: `is it yours, and is there room? ls -ld ${folder}; df ${folder}`,
          exit: 64,
        })
      }
    },
  }
}

const none =
  <Nothing>(nothing: Nothing) =>
  (error: NodeJS.ErrnoException): Nothing => {
    if (error.code === 'ENOENT') return nothing
    throw error
  }
