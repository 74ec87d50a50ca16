import { Fault } from '../engine/fault.ts'
import { knownAt } from './known.ts'
import { type Path, pathText } from './mark.ts'
import { isMap, valueAt } from './merge.ts'
import { didYouMean } from './nearest.ts'
import { inventorySchema } from './schema.ts'

/**
 * The path that a person typed: `docker.version.trixie`, `hosts[0].role`, `hosts[mle-1].role`, `system.sysctl.net.core.somaxconn`.
 * @param value an inventory with its defaults
 * @throws Fault (exit 64) that says what there is instead
 */
export function findPath(typed: string, value: unknown): Path {
  let parts = partsOf(typed)
  let path: Path = []
  while (parts.length) {
    const here = valueAt(value, path)
    const [next, taken] = Array.isArray(here)
      ? inList(parts, here)
      : inMap(parts, here, knownAt(inventorySchema, path).keys)
    if (next === undefined) throw unknown(typed, parts[0] ?? '', path, here)
    path = [...path, next]
    parts = parts.slice(taken)
  }
  return path
}

/** A path as a person reads it: `hosts[mle-1].role`, where pathText has `hosts[0].role`; findPath takes it back. */
export const namedPath = (path: Path, value: unknown): string =>
  path
    .map((part, index) => {
      if (typeof part === 'number') return `[${nameOf(valueAt(value, path.slice(0, index + 1))) ?? part}]`
      return /^[\w.-]{1,60}$/.test(String(part)) ? `.${String(part)}` : pathText([part])
    })
    .join('')
    .replace(/^\./, '')

const nameOf = (item: unknown): string | undefined =>
  isMap(item) && typeof item.name === 'string' ? item.name : undefined

type Step = readonly [next: PropertyKey | undefined, taken: number]

function inList([part = '']: readonly string[], list: readonly unknown[]): Step {
  const named = list.findIndex((item) => nameOf(item) === part)
  if (named >= 0) return [named, 1]
  return [/^\d+$/.test(part) && Number(part) < list.length ? Number(part) : undefined, 1]
}

// Keys of one's own may have dots in them.
function inMap(parts: readonly string[], map: unknown, keys: readonly string[]): Step {
  for (let taken = keys.length ? 1 : parts.length; taken > 0; taken--) {
    const key = parts.slice(0, taken).join('.')
    if (keys.includes(key) || (isMap(map) && Object.hasOwn(map, key))) return [key, taken]
  }
  return [undefined, 1]
}

const partsOf = (typed: string): readonly string[] =>
  [...typed.matchAll(/\[("(?:\\.|[^"\\])*"|[^\]]*)\]|[^.[\]]+/g)].map(([whole, inBrackets]) =>
    inBrackets === undefined ? whole : inBrackets.replace(/^"(.*)"$/, '$1'),
  )

function unknown(typed: string, part: string, path: Path, here: unknown): Fault {
  const there = Array.isArray(here)
    ? here.map((item, index) => nameOf(item) ?? String(index))
    : [...new Set([...knownAt(inventorySchema, path).keys, ...(isMap(here) ? Object.keys(here) : [])])]
  const above = path.length ? pathText(path) : 'an inventory'
  return new Fault(`There is no ${typed} in this inventory.`, {
    because: there.length
      ? `${above} has ${there.join(', ')}${didYouMean(part, there)}`
      : `${above} has nothing below it`,
    try: 'explain without a path shows every value that is set',
    exit: 64,
  })
}
