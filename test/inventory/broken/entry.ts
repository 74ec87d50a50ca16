import { base, sandboxes } from './base.ts'

type Patch = readonly [find: string, put: string]

/** A broken inventory, what must be said of it, and what a person then changes. */
export interface Broken {
  readonly name: string
  readonly from?: string
  /** How the valid one is broken. */
  readonly broken: Patch
  readonly at: string
  readonly path: string
  readonly says: string
  readonly remedy: Patch
}

const undo = ([find, put]: Patch): Patch => [put, find]
/** One line each: name, where and how it is broken, position, path, words, and the remedy where it is not simply the old text. */
export const one = (
  name: string,
  broken: Patch,
  at: string,
  path: string,
  says: string,
  remedy = undo(broken),
  from = base,
): Broken => ({
  name,
  from,
  broken,
  at,
  path,
  says,
  remedy,
})

/** The same, of an organization of sandboxes alone. */
export const alone = (
  name: string,
  broken: Patch,
  at: string,
  path: string,
  says: string,
  remedy = undo(broken),
): Broken => one(name, broken, at, path, says, remedy, sandboxes)

/** The base with another value at one of its places. */
export const organization = (put: string): Patch => ['organization: mle', `organization: ${put}`]
export const platform = (put: string): Patch => ['platform: demo', `platform: ${put}`]
export const contact = (put: string): Patch => ['contact: ops@example.org', `contact: ${put}`]
export const operator = (put: string): Patch => ['name: ben', `name: ${put}`]
export const host = (put: string): Patch => ['name: mle-1', `name: ${put}`]
export const address = (put: string): Patch => ['address: mle-2.example.org', `address: ${put}`]
export const port = (put: string): Patch => ['port: 2222', `port: ${put}`]
export const account = (put: string): Patch => ['port: 2222', `firstUser: ${put}`]
export const identity = (put: string): Patch => ['port: 2222', `identity: ${put}`]
export const label = (put: string): Patch => ['role: storage', put]
export const domain = (put: string): Patch => ['domain: demo.example.org', `domain: ${put}`]
export const daemon = (put: string): Patch => ['dns: [203.0.113.53]', put]
export const range = (put: string): Patch => ['[198.51.100.0/24]', `[${put}]`]
export const open = (put: string): Patch => ['{ port: 9200 }', `{ port: ${put} }`]
export const zone = (put: string): Patch => ['Europe/Berlin', put]
export const aPackage = (put: string): Patch => ['tmux]', `${put}]`]
export const sysctl = (put: string): Patch => ['net.core.somaxconn: 4096', put]
