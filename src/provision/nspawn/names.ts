import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { stateDirectory } from '../../engine/places.ts'

// The state directory is part of a name, so that two people's (or two tests') sandboxes of equal name do not meet on one machine.
const short = (...words: readonly string[]): string =>
  createHash('sha256').update(words.join('\0')).digest('hex').slice(0, 10)

/** A host's name on this machine: of its outer interface, network namespace, machine and control group. 14 letters; Linux allows an interface 15. */
export const hostId = (org: string, host: string): string => `gwh-${short(stateDirectory(org), host)}`

/** The name of the bridge that joins an organization's hosts. */
export const bridgeName = (org: string): string => `gwb-${short(stateDirectory(org))}`

/** Where an organization's sandbox hosts lie. */
export const sandboxDirectory = (org: string): string => join(stateDirectory(org), 'sandbox')

/** What a host has on this machine's disk. */
export const hostPlaces = (org: string, host: string) => {
  const directory = join(sandboxDirectory(org), host)
  return {
    directory,
    record: `${directory}.json`,
    lock: `${directory}.lock`,
    root: join(directory, 'root'),
    upper: join(directory, 'upper'),
    work: join(directory, 'work'),
    docker: join(directory, 'docker'),
    console: join(directory, 'console.log'),
  }
}
