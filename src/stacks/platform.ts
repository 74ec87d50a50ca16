import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fault } from '../engine/fault.ts'
import { decoded } from '../inventory/decode.ts'
import { bytesOf } from '../inventory/file-bytes.ts'
import { crossFaults } from './platform-check.ts'
import { compose, type Layer, type Platform, platformFile } from './platform-schema.ts'
import { preparedPlatform } from './prepared.ts'
import { readYaml, type Source } from './yaml.ts'

/** The folder of all platforms: beside this source file, or in the checkout of the built bundle. */
export function platformRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const candidates = [join(here, '..', 'platforms'), join(here, '..', 'src', 'platforms')]
  return candidates.find(existsSync) ?? join(here, '..', 'platforms')
}

/**
 * Reads and checks a platform's folder.
 * @throws Fault with everything that is wrong with it
 */
export function readPlatform(name: string, root = platformRoot()): Platform {
  const directory = resolve(root, name)
  const known = read.get(directory)
  if (known) return known
  const platform = preparedPlatform(directory) ?? readFolder(directory)
  read.set(directory, platform)
  return platform
}

// Every step asks for it, and files do not change during a run.
const read = new Map<string, Platform>()

function readFolder(directory: string): Platform {
  const head = checked(source(join(directory, 'platform.yaml')), platformFile)
  const sources = head.layers.map((layer) => source(join(directory, `${layer}.yaml`)))
  const layers = head.layers.map((layer, index): Layer => {
    const content = checked(sources[index] as Source, compose)
    return { name: layer, compose: content, gateSeconds: content['x-groundwork']?.gate?.seconds ?? 120 }
  })
  const platform = { ...head, name: basename(directory), directory, layers }
  const faults = crossFaults(platform, sources)
  if (faults.length) throw wrong(directory, faults)
  return platform
}

function source(file: string): Source {
  const bytes = bytesOf(file, 'a platform is a folder of text files')
  if (!bytes)
    throw new Fault(`There is no ${file}.`, {
      because: 'a platform is a folder with platform.yaml and one file for each layer it names',
      try: 'correct `platform` in the inventory, or `layers` in platform.yaml',
      exit: 64,
    })
  const { text, found } = decoded(bytes)
  if (found[0]) {
    const line = text.slice(0, found[0].offset).split('\n').length
    throw new Fault('The file is not UTF-8.', { at: `${file}:${line}`, because: `it ${found[0].message}`, exit: 64 })
  }
  return readYaml(file, text)
}

interface Schema<T> {
  safeParse(value: unknown): {
    data?: T
    error?: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }
  }
}

function checked<T>(from: Source, schema: Schema<T>): T {
  const { data, error } = schema.safeParse(from.value)
  if (data !== undefined && !error) return data
  const issues = error?.issues ?? []
  throw wrong(
    from.file,
    issues.map(({ path, message }) => `${from.at(path)}  ${path.map(String).join('.')}: ${message}`),
  )
}

const wrong = (file: string, faults: readonly string[]): Fault =>
  new Fault(faults.length === 1 ? 'The platform has a fault.' : `The platform has ${faults.length} faults.`, {
    at: file,
    because: faults.join('\n'),
    try: 'correct them; nothing was connected',
    exit: 64,
  })
