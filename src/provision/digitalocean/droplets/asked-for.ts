import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import writeFileAtomic from 'write-file-atomic'
import * as z from 'zod'
import { stateDirectory } from '../../../engine/places.ts'

/**
 * Droplets that were asked for, and that no list has shown yet. A run that is killed between the call and its answer leaves one
 * that the next run may not see: DigitalOcean makes two of the same name and tags without a word, and lists show what is new later.
 */
const SHOWN_SECONDS = 30

const schema = z.record(z.string(), z.number())

const pathOf = (org: string): string => join(stateDirectory(org), 'asked-for.json')

/** Remembers that a host's droplet is asked for now: on disk when this returns. */
export function askedFor(org: string, host: string): void {
  write(org, { ...read(org), [host]: Date.now() })
}

/** It was refused, or is shown: nothing of it is to come. */
export function settled(org: string, hosts: readonly string[]): void {
  const all = read(org)
  const left = Object.fromEntries(Object.entries(all).filter(([host]) => !hosts.includes(host)))
  if (Object.keys(left).length < Object.keys(all).length) write(org, left)
}

/**
 * Waits for the droplets that a run asked for just now and that are not shown yet, at most so long as one may take to be shown.
 * `missing` tells which hosts have none; `again`: what was read is too old.
 */
export async function untilShown(
  org: string,
  missing: (again: boolean) => Promise<readonly string[]>,
  run: { readonly signal: AbortSignal; readonly note: (text: string) => void },
): Promise<void> {
  // A clock that was set back must not make it wait longer.
  const started = Date.now()
  for (let told = false; ; told = true) {
    const asked = read(org)
    if (!Object.keys(asked).length) return
    const none = await missing(told)
    settled(
      org,
      Object.keys(asked).filter((host) => !none.includes(host)),
    )
    const late = none.filter((host) => asked[host] !== undefined)
    const ends = late.map((host) => Math.min(asked[host] ?? 0, started) + SHOWN_SECONDS * 1000)
    const left = Math.max(0, ...ends) - Date.now()
    if (left <= 0) return
    if (!told)
      run.note(
        `A run was cut off as it asked for a droplet (${late.join(', ')}): looks for it for ${Math.ceil(left / 1000)} s, so that it is not made twice`,
      )
    await later(Math.min(left, 2000), undefined, { signal: run.signal })
  }
}

// What cannot be read is no reason to stop: then it is as if no run had been cut off.
function read(org: string): Readonly<Record<string, number>> {
  try {
    return schema.parse(JSON.parse(readFileSync(pathOf(org), 'utf8')))
  } catch {
    return {}
  }
}

function write(org: string, all: Readonly<Record<string, number>>): void {
  const path = pathOf(org)
  if (!Object.keys(all).length) {
    rmSync(path, { force: true })
    return
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileAtomic.sync(path, `${JSON.stringify(all)}\n`, { mode: 0o600 })
}
