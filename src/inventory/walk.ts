import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml'
import { DEEPEST, LONGEST, TOO_DEEP } from './bounds.ts'
import { invisible, visible } from './invisible.ts'
import type { Found, Path, Place } from './mark.ts'
import { PRIVATE_KEY, whyPrivate } from './private-key.ts'

/** Where a key and its value stand, and a scalar as it was written. */
export interface Entry {
  readonly key: Place | undefined
  readonly value: Place
  readonly written: string | undefined
}

interface Walked {
  readonly value: unknown
  /** By path, as JSON: one look each, whatever the size of the file. */
  readonly entries: ReadonlyMap<string, Entry>
  readonly found: readonly Found[]
}

/** The plain value of a YAML tree with the place of everything in it, and what has no business in an inventory. */
export function walk(contents: unknown): Walked {
  const entries = new Map<string, Entry>()
  const found: Found[] = []
  const tell = (node: unknown, path: Path, message: string) => found.push({ ...placeOf(node), path, message })

  function valueAt(node: unknown, path: Path, key?: unknown): unknown {
    entries.set(JSON.stringify(path), {
      key: key === undefined ? undefined : placeOf(key),
      value: placeOf(node ?? key),
      written: isScalar(node) ? node.source : undefined,
    })
    if (path.length > DEEPEST) {
      tell(node, path, TOO_DEEP)
      return null
    }
    if (isAlias(node)) return void tell(node, path, 'is an alias (*…); write the value out, or put it in quotes')
    decorated(node, path)
    if (isMap(node)) return mapOf(node.items, path)
    if (isSeq(node)) return node.items.map((item, index) => valueAt(item, [...path, index]))
    if (isScalar(node)) return scalar(node, path)
    return null
  }

  function decorated(node: unknown, path: Path): void {
    const { tag, anchor } = (node ?? {}) as Node & { anchor?: string }
    if (tag !== undefined) tell(node, path, 'has a tag (!…); take it out, or put the value in quotes')
    if (anchor !== undefined) tell(node, path, 'has an anchor (&…); take it out, or put the value in quotes')
  }

  function mapOf(items: readonly Pair[], path: Path): Record<string, unknown> {
    const made: Record<string, unknown> = {}
    for (const { key, value } of items) {
      if (!isScalar(key) || typeof key.value !== 'string') {
        tell(key ?? value, path, 'has a key that is not text; put the key in quotes')
        continue
      }
      const hidden = invisible(key.value)
      if (hidden) tell(key, path, `has a key with ${hidden}`)
      // Its value is looked at all the same, under the name that was meant.
      const name = hidden ? visible(key.value) : key.value
      decorated(key, [...path, name])
      if (name.length > LONGEST.key) {
        tell(key, path, `has a key of ${name.length} characters; at most ${LONGEST.key}`)
        continue
      }
      if (name === '__proto__') tell(key, [...path, name], 'is not a key here')
      else if (Object.hasOwn(made, name)) {
        tell(key, [...path, name], 'stands here a second time; keep one of them')
      } else made[name] = valueAt(value, [...path, name], key)
    }
    return made
  }

  function scalar(node: Scalar, path: Path): unknown {
    const { value, source } = node
    if (typeof value === 'string' && PRIVATE_KEY.test(value)) tell(node, path, whyPrivate(value))
    else if (typeof value === 'string' && invisible(value)) tell(node, path, `has ${invisible(value)}; take it out`)
    if (typeof value === 'number' && source !== undefined && source !== String(value)) {
      const write = Number.isInteger(value) && !Number.isSafeInteger(value) ? 'write' : `write ${value}, or`
      found.push({
        ...placeOf(node),
        path,
        message: `is read as the number ${value}; ${write} "${source}" in quotes`,
        minor: true,
      })
    }
    if (typeof value !== 'string' || value.length <= LONGEST.value) return value
    tell(node, path, `is a text of ${value.length} characters; at most ${LONGEST.value}`)
    return value.slice(0, LONGEST.value)
  }

  const value = valueAt(contents, [])
  return { value, entries, found }
}

function placeOf(node: unknown): Place {
  const [start = 0, end = start] = (node as Node | undefined)?.range ?? []
  return { offset: start, length: Math.max(1, end - start) }
}
