import { realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Fault } from '../engine/fault.ts'
import { bytesOf } from './file-bytes.ts'
import { BASE } from './forms.ts'
import { type Mark, type Path, record, shown } from './mark.ts'
import { isMap, merged, valueAt } from './merge.ts'
import { readSource, type Source } from './source.ts'

/** An inventory and the bases under it, the nearest first: what an earlier file says comes before what a later one says. */
export interface Layers extends Pick<Source, 'entry'> {
  readonly sources: readonly [Source, ...Source[]]
  /** What all of them say together. */
  readonly value: unknown
  /** The file from which a path has its value; where there is none, the one that has what it should stand in. */
  readonly sourceAt: (path: Path) => Source
  /** What is wrong with the way to the last base. */
  readonly faults: readonly { readonly source: Source; readonly mark: Mark }[]
}

/** The most files of one inventory, itself counted. */
const MOST_FILES = 5

/** Reads an inventory's text, and from the disk the bases that it names. */
export function readLayers(content: string | Uint8Array, file: string): Layers {
  const sources: [Source, ...Source[]] = [readSource(content, file)]
  const faults: Layers['faults'][number][] = []
  for (let source: Source | undefined = sources[0]; source; ) {
    const { base } = record(source.value)
    // Of another form: the schema says so.
    if (typeof base !== 'string' || !BASE.test(base)) break
    const next = readBase(base, sources)
    if (typeof next === 'string') {
      faults.push({ source, mark: { path: ['base'], message: `is ${shown(base)}${next}` } })
      break
    }
    sources.push(next)
    source = next
  }
  const sourceAt = (path: Path) => standing(sources, path)[0] ?? sources[0]
  return {
    sources,
    faults,
    value: sources
      .map(({ value }, index) => (index ? inherited(value) : value))
      .reduceRight((far, near) => merged(near, far)),
    sourceAt,
    entry: (path) => sourceAt(path).entry(path),
  }
}

/** Every file that says something at this path, the one that counts first. */
export function standing(sources: readonly Source[], path: Path): readonly Source[] {
  // Two inventories with one name would share their state: it is never inherited.
  if (path[0] === 'organization') return sources.slice(0, 1)
  let there = sources.filter(({ value }) => value !== undefined)
  for (let length = 0; length <= path.length; length++) {
    const above = path.slice(0, length)
    const saying = there.filter(({ entry }) => entry(above))
    if (!saying.length) break
    // Below what is no map, only the nearest counts: it has replaced the others.
    const others = saying.findIndex(({ value }) => !isMap(valueAt(value, above)))
    there = length === path.length || others < 0 ? saying : saying.slice(0, Math.max(1, others))
  }
  return there
}

function inherited(value: unknown): unknown {
  if (!isMap(value)) return {}
  const { organization: _, ...rest } = record(value)
  return rest
}

/** The base that stands beside these files, or why there is none. */
function readBase(base: string, before: readonly [Source, ...Source[]]): Source | string {
  const folder = dirname(before[0].file)
  const file = join(folder, base)
  const real = realPath(file)
  if (before.some((one) => realPath(one.file) === real)) return ', which leads back here; a base cannot stand on itself'
  if (before.length === MOST_FILES)
    return `; that would be file ${MOST_FILES + 1} of this inventory, and ${MOST_FILES} is the most`
  if (dirname(real) !== realPath(folder)) return ', a link that leads out of this folder; put the file itself here'
  try {
    const bytes = bytesOf(file, '')
    return bytes ? readSource(bytes, file, before.at(-1)?.pieces) : `; there is no ${file}`
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return `, which cannot be read: ${error.because}`
  }
}

function realPath(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return resolve(file) // there is none, or it leads nowhere: reading it says which
  }
}
