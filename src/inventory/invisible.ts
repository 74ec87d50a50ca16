/** Of control characters, marks that turn the direction of writing, and what else cannot be seen: the first, in words; undefined: there is none. */
export function invisible(text: string): string | undefined {
  const found = INVISIBLE.exec(text)?.[0]
  if (found === undefined) return undefined
  if (found === '\n' || found === '\r') return 'a line break'
  if (found === '\t') return 'a tab'
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `a character that cannot be seen (U+${code})`
}

/** What has no business in the file at all, not even in a comment: it makes a line read as another one. */
export const MISLEADING = /[^\P{Cc}\t\n\r]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** The same text without them. */
export const visible = (text: string): string => text.replace(new RegExp(INVISIBLE, 'gu'), '')

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
