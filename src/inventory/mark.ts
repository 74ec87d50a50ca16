/** Where something stands in a YAML text. */
export interface Place {
  readonly offset: number
  readonly length: number
}

/** A path of keys and indices: `['hosts', 1, 'role']`. */
export type Path = readonly PropertyKey[]

/** Something that is wrong, at a path of the file. */
export interface Mark {
  readonly path: Path
  /** Complete, with what is allowed and what to write. */
  readonly message: string
  /** The key itself is wrong, not its value. */
  readonly key?: boolean
  /** The key is not there; it is told at what it should stand in. */
  readonly missing?: boolean
  /** An unknown key that was most likely meant as this one: that one is then not told as missing. */
  readonly meant?: string | undefined
}

/** `hosts[1].role`, `system.sysctl["net.ipv4.ip_forward"]`. */
export const pathText = (path: Path): string =>
  path
    .map((part) =>
      typeof part === 'number'
        ? `[${part}]`
        : /^[\w-]{1,40}$/.test(String(part))
          ? `.${String(part)}`
          : `[${JSON.stringify(String(part).slice(0, 40))}]`,
    )
    .join('')
    .replace(/^\./, '')

/** A value as a message shows it: short, quoted where it is text. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a map'
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value)
}

/** An object's own entries, or none where the value is something else: checks run over what may be wrong already. */
export const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

/** A list's items, or none where the value is something else. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Something that is wrong, at a place of the text. */
export interface Found extends Place {
  readonly path: Path
  readonly message: string
  /** What else is said of this place comes first. */
  readonly minor?: boolean
}
