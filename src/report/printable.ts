/**
 * Text from anywhere, as one harmless line: control characters, escape codes, marks that turn the direction of writing,
 * other invisible characters and lone surrogates are spelled out (`\x1b`, `\u{202e}`), so that a host cannot write on the
 * operator's terminal, nor make a line read as another one.
 */
export const printable = (text: string): string => text.replace(UNSEEN, spelled)

/** The lines of a text, each printable; tabs become spaces, since they only indent here. */
export const printableLines = (text: string): readonly string[] =>
  text.split(/\r?\n/).map((line) => printable(line.replaceAll('\t', '    ')))

// Cc: C0 and C1. Cf: direction marks, joiners, tags. Zl, Zp: line ends that are no newline. Cs: halves of a character.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

function spelled(character: string): string {
  const named = NAMED[character]
  if (named) return named
  const hex = (character.codePointAt(0) ?? 0).toString(16)
  return hex.length <= 2 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`
}

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
