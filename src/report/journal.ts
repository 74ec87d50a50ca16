import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Event } from '../engine/event.ts'
import { Fault } from '../engine/fault.ts'
import { stateDirectory } from '../engine/places.ts'
import { jsonLine } from './json.ts'
import type { Reader } from './reader.ts'

const KEEP_FILES = 100

/**
 * Opens this run's journal, `runs/TIME.jsonl` in the organization's state directory: every event, on disk before the
 * effect that it announces. A journal that can no longer be written refuses the next effect; the newest 100 are kept.
 * @throws Fault where the directory or the file cannot be written
 */
export function openJournal(
  org: string,
  run: string,
  now: () => number = Date.now,
): Reader & { readonly path: string } {
  const directory = join(stateDirectory(org), 'runs')
  const { path, file } = orFault(directory, () => create(directory, run, now()))
  let broken: Fault | undefined
  let open = true

  const append = (event: Event) => {
    try {
      writeAll(file, Buffer.from(jsonLine(event, now())))
      if (isWeighty(event)) fsyncSync(file)
    } catch (error) {
      broken = cannotWrite(path, error)
    }
  }

  return {
    path,
    report: (event) => {
      if (!broken) append(event)
      // Only what comes before an effect is refused: how the run ended is still told to the other readers.
      if (broken && comesBeforeAnEffect(event)) throw broken
    },
    end: () => {
      if (open) closeSync(file)
      open = false
    },
  }
}

const comesBeforeAnEffect = (event: Event): boolean =>
  (event.event === 'change' && event.state === 'applying') || (event.event === 'step' && event.state === 'running')

const isWeighty = (event: Event): boolean =>
  comesBeforeAnEffect(event) ||
  (event.event === 'step' && event.state !== 'waiting') ||
  event.event === 'fault' ||
  event.event === 'summary'

function create(directory: string, run: string, time: number): { readonly path: string; readonly file: number } {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const name = new Date(time).toISOString().replace(/[-:]|\.\d+/g, '')
  // Two runs may begin in the same second.
  const path = join(directory, `${name}-${run.replace(/[^A-Za-z0-9._-]/g, '_')}.jsonl`)
  const file = openSync(path, 'a', 0o600)
  syncDirectory(directory)
  for (const old of readdirSync(directory).filter(isJournal).sort().slice(0, -KEEP_FILES)) {
    rmSync(join(directory, old), { force: true })
  }
  return { path, file }
}

const isJournal = (name: string): boolean => name.endsWith('.jsonl')

// A file whose name is not on disk is not there after a power cut.
function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}

function orFault<Result>(path: string, open: () => Result): Result {
  try {
    return open()
  } catch (error) {
    throw cannotWrite(path, error)
  }
}

const cannotWrite = (path: string, error: unknown): Fault =>
  new Fault('The journal of this run cannot be written, so nothing more is changed.', {
    at: path,
    because: error instanceof Error ? error.message : String(error),
    try: `make room on this machine, then give the same command again:  df -h ${path}`,
  })
