import { LineCounter, parseDocument } from 'yaml'
import { measured } from './bounds.ts'
import { decoded } from './decode.ts'
import { MISLEADING } from './invisible.ts'
import type { Found, Mark, Path } from './mark.ts'
import { PRIVATE_KEY, whyPrivate } from './private-key.ts'
import { syntaxFaults } from './syntax.ts'
import { type Entry, walk } from './walk.ts'

/** A YAML text, what it says, and where it says it. */
export interface Source {
  readonly file: string
  readonly text: string
  /** undefined: it cannot be read at all, and `found` says why. */
  readonly value: unknown
  readonly found: readonly Found[]
  readonly lines: LineCounter
  /** Words and marks, of the files before it as well. */
  readonly pieces: number
  /** What stands at a path: where, and as it was written. */
  readonly entry: (path: Path) => Entry | undefined
}

/** Reads YAML 1.2 of which only maps, lists, text, numbers and booleans are taken: no tags, no anchors, no second document. */
export function readSource(given: string | Uint8Array, file: string, piecesBefore = 0): Source {
  const { text, found: undecoded, foreign } = decoded(typeof given === 'string' ? Buffer.from(given) : given)
  const lines = linesOf(text)
  const unread = (found: readonly Found[]): Source => ({
    file,
    text,
    value: undefined,
    found,
    lines,
    pieces: piecesBefore,
    entry: () => undefined,
  })
  if (foreign) return unread(undecoded)
  const pieces = measured(text, piecesBefore)
  if (typeof pieces !== 'number') return unread([pieces])

  // Our own walk finds equal keys: the library compares each with each, which takes minutes for a large map.
  const document = parseDocument(text, { version: '1.2', uniqueKeys: false, prettyErrors: false })
  const broken = syntaxFaults(document, text)
  if (broken.length) return unread([...privateKeys(text, []), ...undecoded, ...broken, ...misleading(text)])
  const { value, entries, found } = walk(document.contents)
  if (value === undefined || value === null) return unread([...undecoded, EMPTY, ...misleading(text)])
  return {
    file,
    text,
    value,
    found: [...undecoded, ...found, ...misleading(text, found), ...privateKeys(text, found)],
    lines,
    pieces,
    entry: (path) => entries.get(JSON.stringify(path)),
  }
}

/** The place of a mark: its key or value; where that is missing, of the nearest thing that it should stand in. */
export function locate(source: Source, { path, key, message }: Mark): Found {
  const own = source.entry(path)
  if (own) return { ...((key && own.key) || own.value), path, message }
  for (let length = path.length - 1; length > 0; length--) {
    const above = source.entry(path.slice(0, length))
    if (above) return { ...(above.key ?? above.value), path, message }
  }
  return { offset: source.entry([])?.value.offset ?? 0, length: 1, path, message }
}

const at = (offset: number, message: string, length = 1): Found => ({ offset, length, path: [], message })
const EMPTY = at(0, 'is empty; inventories/example.yaml shows what stands in it')

function linesOf(text: string): LineCounter {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) lines.addNewLine(end + 1)
  return lines
}

function misleading(text: string, told: readonly Found[] = []): readonly Found[] {
  const found: Found[] = []
  for (const { index, 0: character } of text.matchAll(MISLEADING)) {
    if (told.some(({ offset, length }) => index >= offset && index < offset + length)) continue
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    found.push(at(index, `is a character that cannot be seen (U+${code}); delete it`, character.length))
    if (found.length === MOST_INVISIBLE) break
  }
  return found
}

// No person put more of them in; whoever did wants us to count them.
const MOST_INVISIBLE = 100

// Also in a comment, and in a file that is no YAML because somebody pasted one.
function privateKeys(text: string, told: readonly Found[]): readonly Found[] {
  const match = PRIVATE_KEY.exec(text)
  return match && !told.some(({ message }) => message === whyPrivate(text)) ? [at(match.index, whyPrivate(text))] : []
}
