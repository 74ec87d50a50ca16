import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stateDirectory } from '../../../engine/places.ts'
import { Secret } from '../../../engine/secret.ts'

/** A key of Spaces whose secret is known. */
export interface KeptKey {
  /** The access key. */
  readonly id: string
  /** As in the inventory. */
  readonly name: string
  readonly secret: Secret
}

/** What this machine knows of the platform's keys; the newest comes first. */
export interface Kept {
  readonly keys: readonly KeptKey[]
  /** Names at the provider of keys that were asked for, and whose secret was not heard. */
  readonly begun: readonly string[]
}

/** What is kept in the operator's state, for the operator alone. The API tells a secret once. */
export function readKept(org: string): Kept {
  const { keys = [], begun = [] } = JSON.parse(textOf(fileOf(org)) || '{}') as Written
  return { keys: keys.map(({ id, name, secret }) => ({ id, name, secret: new Secret(secret) })), begun }
}

/** Keeps it; nothing is written where nothing is new. */
export async function writeKept(org: string, { keys, begun }: Kept): Promise<void> {
  const file = fileOf(org)
  const text = `${JSON.stringify({ keys: keys.map(revealed), begun })}\n`
  if (text === textOf(file) || (!keys.length && !begun.length && textOf(file) === undefined)) return
  const { default: writeFileAtomic } = await import('write-file-atomic')
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  await writeFileAtomic(file, text, { mode: 0o600 })
}

/** The same keys as one line, as the first manager keeps them. */
export const lineOf = (keys: readonly KeptKey[]): Secret =>
  new Secret(JSON.stringify([...keys].sort((a, b) => (a.name < b.name ? -1 : 1)).map(revealed)))

/** Reads such a line; one that is none has no keys. */
export function keysIn(line: Secret | undefined): readonly KeptKey[] {
  try {
    const all: unknown = JSON.parse(line?.reveal() ?? '[]')
    return Array.isArray(all) ? all.flatMap(keyIn) : []
  } catch {
    return [] // cut, or somebody's own: what it should say is written anew
  }
}

interface Written {
  readonly keys?: readonly { readonly id: string; readonly name: string; readonly secret: string }[]
  readonly begun?: readonly string[]
}

const fileOf = (org: string): string => join(stateDirectory(org), 'spaces-keys')

const revealed = ({ id, name, secret }: KeptKey) => ({ id, name, secret: secret.reveal() })

function keyIn(one: unknown): readonly KeptKey[] {
  const { id, name, secret } = (one ?? {}) as Record<string, unknown>
  return typeof id === 'string' && typeof name === 'string' && typeof secret === 'string'
    ? [{ id, name, secret: new Secret(secret) }]
    : []
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
