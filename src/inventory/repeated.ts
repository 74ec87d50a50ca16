import type { Mark, Path } from './mark.ts'

/** A mark for each value that stood there before; undefined and what is no text does not count. */
export function repeated(
  values: readonly unknown[],
  path: (index: number) => Path,
  message: (value: string) => string,
): readonly Mark[] {
  const seen = new Set<string>()
  return values.flatMap((value, index) => {
    if (typeof value !== 'string') return []
    if (seen.has(value)) return [{ path: path(index), message: message(value) }]
    seen.add(value)
    return []
  })
}
