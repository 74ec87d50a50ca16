import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bytesOf } from '../inventory/file-bytes.ts'
import { crossFaults } from './platform-check.ts'
import type { Platform } from './platform-schema.ts'

interface Prepared {
  /** Hash of the files that were read. */
  readonly of: string
  readonly platform: Omit<Platform, 'directory'>
}

/**
 * A platform as the build has read and checked it: YAML, its bounds and its schema take a tenth of a second in every run.
 * Undefined where there is no build, or the folder is not what was built; whether files exist is asked anew.
 */
export function preparedPlatform(directory: string, folder = besideTheBundle()): Platform | undefined {
  const file = join(folder, `${basename(directory)}.json`)
  if (!existsSync(file) || !existsSync(directory)) return undefined
  const { of, platform } = JSON.parse(readFileSync(file, 'utf8')) as Prepared
  if (of !== hashOf(directory)) return undefined
  const found = { ...platform, directory }
  return crossFaults(found, []).length ? undefined : found
}

/** Keeps a platform that was read for the runs of this build. */
export function preparePlatform({ directory, ...platform }: Platform, folder = besideTheBundle()): void {
  mkdirSync(folder, { recursive: true })
  const prepared: Prepared = { of: hashOf(directory), platform }
  writeFileSync(join(folder, `${platform.name}.json`), JSON.stringify(prepared))
}

// The sources have none: what reads a platform there may be newer than what was read.
const besideTheBundle = (): string => join(dirname(fileURLToPath(import.meta.url)), 'platforms')

function hashOf(directory: string): string {
  const hash = createHash('sha256')
  const files = readdirSync(directory).filter((name) => name.endsWith('.yaml'))
  for (const file of files.sort()) hash.update(`${file}\0`).update(bytesOf(join(directory, file), WANTED) ?? '')
  return hash.digest('hex')
}

const WANTED = 'a platform is a folder of text files'
