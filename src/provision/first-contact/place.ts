import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { stateDirectory } from '../../engine/places.ts'

/** Where it is remembered by what a new host is known until it has a key of its own. */
export const firstContactPath = (org: string, host: string): string =>
  join(stateDirectory(org), 'first-contact', `${host}.json`)

/** Whether the host was made and not met yet: asked in every run, so that what meets it is loaded by few. */
export const isUnmet = (org: string, host: string): boolean => existsSync(firstContactPath(org, host))
