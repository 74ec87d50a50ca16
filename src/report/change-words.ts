import { printable } from './printable.ts'
import type { EventOf } from './reader.ts'
import { cut } from './width.ts'

type KeyChange = EventOf<'change'>['changes'][number]

/** What differs, in a few words: `replicas 0 → 1 · mode 600 → 644`, `content`, `missing → mode 644`. */
export function changeWords(changes: readonly KeyChange[]): string {
  if (changes.length && changes.every(({ from }) => from === null)) return missing(changes)
  return changes.map(oneKey).join(' · ')
}

/** The same where it has become true: `content changed`, `mode 600 → 644`. */
export const doneWords = (changes: readonly KeyChange[]): string =>
  changes.length && changes.every(({ from }) => from === null)
    ? missing(changes)
    : changes.map((change) => (isSayable(change) ? oneKey(change) : `${printable(change.key)} changed`)).join(' · ')

const missing = (changes: readonly KeyChange[]): string => {
  const said = changes.filter(isSayable).map(({ key, to }) => `${printable(key)} ${value(to)}`)
  return `missing → ${said.join(' · ') || 'made'}`
}

// What differs is already said in words, `replicas 0 → 1`; that nothing should differ goes without saying.
const isWords = ({ key, from, to }: KeyChange): boolean => key === 'drift' && from !== null && to === 'none'

const oneKey = (change: KeyChange): string => {
  if (isWords(change)) return value(change.from ?? '')
  const key = printable(change.key)
  return isSayable(change) ? `${key} ${change.from === null ? 'none' : value(change.from)} → ${value(change.to)}` : key
}

// A hash, a secret or a whole text says nothing to a person: that it differs is enough; a text has its diff.
const isSayable = ({ from, to }: KeyChange): boolean => ![from ?? '', to].some(isUnsayable)

const isUnsayable = (text: string): boolean =>
  text.includes('\n') || text.includes('‹secret›') || /^(sha256:)?[0-9a-f]{40,}$/.test(text)

const value = (text: string): string => cut(printable(text), 60) || 'empty'
