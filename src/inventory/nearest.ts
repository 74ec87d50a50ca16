/** The candidate that a misspelt word most likely means, or undefined where none is near. Case, `-` and `_` do not count. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const plain = folded(word)
  if (plain.length > LONGEST) return undefined
  const far = Math.max(1, Math.ceil(plain.length * 0.4))
  const [best] = candidates
    .map((candidate) => ({
      candidate,
      edits: isBeginning(plain, folded(candidate)) ? 1 : edits(plain, folded(candidate)),
    }))
    .filter((one) => one.edits <= far && one.edits < folded(one.candidate).length)
    .sort((a, b) => a.edits - b.edits)
  return best?.candidate
}

/** ` (did you mean …?)`, or nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const meant = nearest(word, candidates)
  return meant === undefined ? '' : ` (did you mean ${meant}?)`
}

// What is cut short means the whole word: proto is protocol, not port.
const isBeginning = (word: string, candidate: string): boolean =>
  word.length > 2 && candidate.startsWith(word) && word !== candidate

const LONGEST = 64
const folded = (word: string): string => word.toLowerCase().replace(/[-_\s]/g, '')

// Damerau and Levenshtein: letters put in, left out, replaced, and neighbours that changed places.
function edits(a: string, b: string): number {
  const rows = [[...Array(b.length + 1).keys()]]
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same)
      rows[i]?.push(swapped ? Math.min(least, at(i - 2, j - 2) + 1) : least)
    }
  }
  return at(a.length, b.length)
}
