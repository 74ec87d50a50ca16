import type { Path } from './mark.ts'

/** Two values as one: maps are merged key by key, and of everything else, lists too, the near one counts alone. */
export function merged(near: unknown, far: unknown): unknown {
  if (!isMap(near) || !isMap(far)) return near
  const both: Record<string, unknown> = { ...near }
  for (const [key, value] of Object.entries(far))
    both[key] = Object.hasOwn(near, key) ? merged(near[key], value) : value
  return both
}

/** What stands at a path of maps and lists; undefined where nothing does. */
export function valueAt(value: unknown, path: Path): unknown {
  let here = value
  for (const part of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined
    here = (here as Record<PropertyKey, unknown>)[part]
  }
  return here
}

/** A map: neither a list nor a single value. */
export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
