import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where groundwork keeps what it must remember on the operator's machine, one folder an organization (XDG Base Directory Specification). */
export const stateDirectory = (org?: string): string =>
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'groundwork', org ?? '')

/** What can be made again at any time: bases of sandbox hosts, packages. */
export const cacheDirectory = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'groundwork')
