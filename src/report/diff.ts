import { structuredPatch } from 'diff'
import type { Secret } from '../engine/secret.ts'

const HIDDEN = '‹secret›'

/**
 * A unified diff without a file header, two lines of context, secrets hidden. Of a text that holds a secret, the lines
 * that only the old one has are not shown: an earlier secret may stand in them, and nobody here knows it.
 */
export function unifiedDiff(old: string, wanted: string, secrets: readonly Secret[] = []): string {
  const values = secrets.map((secret) => secret.reveal()).filter((value) => value !== '')
  const holdsSecret = values.some((value) => wanted.includes(value))
  const lines = hunks(hide(old, values), hide(wanted, values)).flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines,
  ])
  return lines.map((line) => (holdsSecret && line.startsWith('-') ? `-${HIDDEN}` : line)).join('\n')
}

const hunks = (old: string, wanted: string) => structuredPatch('', '', old, wanted, '', '', { context: 2 }).hunks

// The longest first: a short one may be a part of it.
const hide = (text: string, values: readonly string[]): string =>
  values.toSorted((a, b) => b.length - a.length).reduce((rest, value) => rest.replaceAll(value, HIDDEN), text)
