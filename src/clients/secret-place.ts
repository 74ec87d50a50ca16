import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { Fault } from '../engine/fault.ts'
import { Secret } from '../engine/secret.ts'
import type { Org } from '../inventory/org.ts'
import type { SecretPlace } from '../inventory/secret-place.ts'

const COMMAND_SECONDS = 60

/** What the secret is, for the person who has to put one there. */
export interface SecretWords {
  /** `auth key`. */
  readonly what: string
  /** The inventory's key. */
  readonly at: string
  /** Where one is made. */
  readonly made: string
}

/** A secret of the operator, from the first place that has one: variable, file, command. @throws Fault (exit 64) that names the places */
export async function secretFrom(place: SecretPlace, { what, at, made }: SecretWords): Promise<Secret> {
  const tried: string[] = []
  for (const [name, read] of placesOf(place)) {
    const { text, because } = await read()
    const word = text?.trim()
    if (word && /^[!-~]{8,512}$/.test(word)) return new Secret(word)
    tried.push(`${name} ${word ? `has something that cannot be one` : because}`)
  }
  throw new Fault(`There is no ${what}, and it is needed now.`, {
    at,
    because: tried.join('\n'),
    try:
      place.env === undefined ? `put one there; it is made at ${made}` : `export ${place.env}=…, one made at ${made}`,
    exit: 64,
  })
}

const taken = new Map<string, string>()

/** Takes a variable out of what groundwork starts on this machine from now on; `secretFrom` still knows it. */
export function takenOut({ env }: Pick<SecretPlace, 'env'>): void {
  if (env !== undefined) takenVariable(env)
}

/** The value of a variable, which is taken out in the same way. */
export function takenVariable(env: string): string | undefined {
  const value = process.env[env]
  if (value !== undefined) taken.set(env, value)
  delete process.env[env]
  return taken.get(env)
}

/** What every tool for S3 takes its key from. */
export const AWS = { access: 'AWS_ACCESS_KEY_ID', secret: 'AWS_SECRET_ACCESS_KEY', session: 'AWS_SESSION_TOKEN' }

/** The same of every variable in which an organization's inventory has a secret: some are read late in a run, or never. */
export function takeOutSecrets({ digitalocean, tailscale }: Pick<Org, 'digitalocean' | 'tailscale'>): void {
  const places = [
    digitalocean?.token,
    digitalocean?.spaces?.key,
    digitalocean?.pulumi?.passphrase,
    digitalocean?.pulumi?.key,
    ...(digitalocean?.pulumi?.state.startsWith('s3:') && !digitalocean.pulumi.key
      ? Object.values(AWS).map((env) => ({ env }))
      : []),
    tailscale?.authKey,
    tailscale?.apiKey,
    tailscale?.oauth?.secret,
  ]
  for (const place of places) if (place) takenOut(place)
}

interface Read {
  readonly text: string | undefined
  readonly because: string
}

function placesOf({ env, file, command }: SecretPlace): readonly (readonly [string, () => Promise<Read>])[] {
  return [
    ...(env === undefined ? [] : ([[`the variable ${env}`, async () => fromVariable(env)]] as const)),
    ...(file === undefined ? [] : ([[`the file ${file}`, () => fromFile(file)]] as const)),
    // The command itself may say where a secret is kept, so it is not repeated.
    ...(command === undefined ? [] : ([['the command', () => fromCommand(command)]] as const)),
  ]
}

function fromVariable(env: string): Read {
  return { text: takenVariable(env), because: 'is not set' }
}

async function fromFile(file: string): Promise<Read> {
  try {
    return { text: await readFile(file, 'utf8'), because: 'is empty' }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { text: undefined, because: code === 'ENOENT' ? 'is not there' : `cannot be read (${code})` }
  }
}

// What it prints is never repeated, not even what it says of a failure.
async function fromCommand(command: string): Promise<Read> {
  try {
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], { timeout: COMMAND_SECONDS * 1000 })
    return { text: stdout, because: 'printed nothing' }
  } catch (error) {
    const { code, killed } = error as { readonly code?: unknown; readonly killed?: boolean }
    return { text: undefined, because: killed ? `took longer than ${COMMAND_SECONDS} s` : `failed (exit ${code})` }
  }
}
