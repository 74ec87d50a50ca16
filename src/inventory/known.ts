import * as z from 'zod'
import type { Path } from './mark.ts'

/** What a schema says of one place: the keys of a map, the words of a choice, and how a person is told what belongs there. */
export interface Known {
  readonly keys: readonly string[]
  readonly values: readonly string[]
  readonly description: string
  readonly example: string | undefined
  /** What it is where nobody says it; undefined where that depends on other keys, or is nothing. */
  readonly otherwise: unknown
}

/** What a schema says of the place at this path. */
export function knownAt(schema: z.ZodType, path: Path): Known {
  let here: z.ZodType | undefined = schema
  for (const part of path) here = here && inside(bare(here).inner, part)
  if (!here) return { keys: [], values: [], description: '', example: undefined, otherwise: undefined }
  const { inner, description, example, otherwise } = bare(here)
  return {
    keys: inner instanceof z.ZodObject ? Object.keys(inner.shape) : [],
    values: inner instanceof z.ZodEnum ? inner.options.map(String) : [],
    description: description.replace(/^[A-Z](?=[a-z-]*[ ,.:])/, (letter) => letter.toLowerCase()).replace(/\.$/, ''),
    example,
    otherwise,
  }
}

// A default, or being optional, is wrapped around the thing itself; the description stands on the outermost.
function bare(schema: z.ZodType): Omit<Known, 'keys' | 'values'> & { readonly inner: z.ZodType } {
  let inner = schema
  let { description } = schema
  let example: unknown
  let otherwise: unknown
  for (;;) {
    const meta = inner.meta()
    description ??= meta?.description
    example ??= (meta?.examples as readonly unknown[] | undefined)?.[0]
    if (inner instanceof z.ZodDefault) otherwise = inner.def.defaultValue
    if (!(inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault)) break
    inner = inner.unwrap() as z.ZodType
  }
  return {
    inner,
    description: description ?? '',
    example: example === undefined ? undefined : String(example),
    otherwise,
  }
}

function inside(schema: z.ZodType, part: PropertyKey): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<PropertyKey, z.ZodType>)[part]
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType
  return undefined
}
