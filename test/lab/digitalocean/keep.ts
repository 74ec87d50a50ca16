import type { Account } from './account.ts'

/** A copy of what is in an account; of what is under way there is none. */
export type Kept = Readonly<Record<string, unknown>>

/** Copies all objects of an account. */
export const keep = (account: Account): Kept =>
  structuredClone(Object.fromEntries(OBJECTS.map((name) => [name, account[name]])))

/** Puts a copy of them into an empty account. */
export const restore = (account: Account, kept: Kept): void => void Object.assign(account, structuredClone(kept))

const OBJECTS = [
  'droplets',
  'actions',
  'firewalls',
  'sshKeys',
  'domains',
  'clusters',
  'volumes',
  'vpcs',
  'projects',
  'reservedIps',
  'spacesKeys',
  'tags',
  'last',
] as const satisfies readonly (keyof Account)[]
