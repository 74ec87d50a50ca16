import { basename } from 'node:path'
import { findPath, namedPath } from '../inventory/find-path.ts'
import { knownAt } from '../inventory/known.ts'
import { type Layers, standing } from '../inventory/layers.ts'
import type { Path } from '../inventory/mark.ts'
import { isMap, valueAt } from '../inventory/merge.ts'
import { readWritten } from '../inventory/read.ts'
import { type Inventory, inventorySchema } from '../inventory/schema.ts'
import type { Source } from '../inventory/source.ts'
import { printable } from '../report/printable.ts'
import { cut, padded, width, wrapped } from '../report/width.ts'
import { type Uses, usesOf } from './uses.ts'

const COLUMNS = 100
const LABEL = 10

/** `explain [PATH]`: what an inventory says, where it says so, and what that is for. @returns the exit status */
export function explain(file: string, typed: string | undefined): number {
  for (const line of explained(file, typed)) process.stdout.write(`${printable(line)}\n`)
  return 0
}

/** The lines of it, of at most 100 columns. @throws Fault (exit 64) where the inventory is wrong, or has no such path */
export function explained(file: string, typed: string | undefined): readonly string[] {
  const { layers, inventory } = readWritten(file)
  if (typed === undefined) {
    const from = layers.sources.map((source) => source.file).join(' over ')
    return [...wrapped(from, COLUMNS), '', ...rows(leaves(inventory, []).filter(layers.entry), layers, inventory)]
  }
  const path = findPath(typed, inventory)
  const value = valueAt(inventory, path)
  const below = leaves(value, path).filter((one) => one.length > path.length)
  const { description, keys } = knownAt(inventorySchema, path)
  if (!below.length && !keys.length) return oneValue(file, path, layers, inventory)
  const all = [
    ...new Map([...below, ...keys.map((key) => [...path, key])].map((one) => [one.join('\0'), one])).values(),
  ]
  const shown = all.filter(
    (one) => !all.some((other) => other.length > one.length && one.every((part, at) => part === other[at])),
  )
  return [namedPath(path, inventory), ...wrapped(sentence(description), COLUMNS), '', ...rows(shown, layers, inventory)]
}

/** The paths of all single values, and of lists of them, below a value. */
function leaves(value: unknown, path: Path): readonly Path[] {
  if (Array.isArray(value) && value.some((item) => typeof item === 'object'))
    return value.flatMap((item, index) => leaves(item, [...path, index]))
  if (isMap(value) && Object.keys(value).length)
    return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
  return [path]
}

function rows(paths: readonly Path[], layers: Layers, inventory: Inventory): readonly string[] {
  const table = paths.map((path) => ({
    name: namedPath(path, inventory),
    value: valueText(valueAt(inventory, path)),
    from: placeOf(layers.sourceAt(path), path) ?? 'default',
  }))
  const widest = (key: 'name' | 'from', most: number) =>
    Math.min(most, Math.max(0, ...table.map((row) => width(row[key]))))
  const [name, from] = [widest('name', 56), widest('from', 30)]
  const room = COLUMNS - name - from - 4
  const longest = Math.min(room, Math.max(0, ...table.map(({ value }) => width(value))))
  return table.map((row) => {
    const value = padded(cut(row.value, longest), longest)
    return `${padded(cut(row.name, name), name)}  ${value}  ${row.from}`
  })
}

function oneValue(file: string, path: Path, layers: Layers, inventory: Inventory): readonly string[] {
  const known = knownAt(inventorySchema, path)
  const [nearest, ...replaced] = standing(layers.sources, path).flatMap((source) => {
    const place = placeOf(source, path, source.file)
    return place === undefined ? [] : [{ place, value: valueText(valueAt(source.value, path)) }]
  })
  const otherwise = known.otherwise === undefined ? [] : labelled('default', valueText(known.otherwise))
  return [
    cut(`${namedPath(path, inventory)}   ${valueText(valueAt(inventory, path))}`, COLUMNS),
    '',
    ...labelled('from', nearest?.place ?? 'default: no file says otherwise'),
    ...replaced.flatMap(({ place, value }) => labelled('instead of', `${value}   ${place}`)),
    ...labelled('meaning', sentence(known.description)),
    ...(nearest ? otherwise : []),
    ...usesLines(usesOf(inventory, file, path, known), inventory.hosts.length),
  ]
}

function usesLines({ changes, reads }: Uses, hosts: number): readonly string[] {
  // What is the same on several hosts is one paragraph.
  const groups = new Map<string, { step: string; hosts: string[]; resources: readonly string[] }>()
  for (const { step, host, resources } of changes) {
    const key = JSON.stringify([step, resources])
    const group = groups.get(key) ?? { step, hosts: [], resources }
    group.hosts.push(host)
    groups.set(key, group)
  }
  const where = (names: readonly string[]) => (hosts > 1 && names.length === hosts ? 'every host' : names.join(', '))
  const lines = [...groups.values()].flatMap((group) => {
    const told = group.resources.slice(0, MOST)
    const more = group.resources.length > MOST ? [`and ${group.resources.length - MOST} more`] : []
    return [`${group.step}, on ${where(group.hosts)}:`, ...[...told, ...more].map((name) => `  ${name}`)]
  })
  if (!lines.length && !reads.length)
    return labelled(
      'changes',
      'nothing in any step: it is for what comes before them (finding and meeting hosts), or for people.',
    )
  return [
    ...lines.flatMap((line, index) => indented(index ? '' : 'changes', line)),
    ...(reads.length ? labelled(lines.length ? 'read by' : 'used by', reads.join(', ')) : []),
  ]
}

const MOST = 8

const labelled = (label: string, text: string): readonly string[] =>
  wrapped(text, COLUMNS - LABEL - 2).flatMap((line, index) => indented(index ? '' : label, line))

const indented = (label: string, line: string): readonly string[] => [
  `${padded(label, LABEL)}  ${cut(line, COLUMNS - LABEL - 2)}`,
]

const sentence = (text: string): string =>
  text ? `${text.charAt(0).toUpperCase()}${text.slice(1)}.` : 'A key of your own choice.'

/** `mle.yaml:14:11`; undefined where the file does not say it. */
function placeOf(source: Source, path: Path, file = basename(source.file)): string | undefined {
  const entry = source.entry(path)
  if (!entry) return undefined
  const { line, col } = source.lines.linePos(entry.value.offset)
  return `${file}:${line}:${col}`
}

function valueText(value: unknown): string {
  if (value === undefined) return 'none'
  if (Array.isArray(value)) return value.length ? value.map(valueText).join(', ') : 'none'
  if (isMap(value)) return Object.keys(value).length ? JSON.stringify(value) : 'none'
  return String(value)
}
