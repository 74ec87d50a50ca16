import { isMap, isScalar, isSeq, parseDocument, type Scalar } from 'yaml'
import { hostile, tokens } from './hostile-values.ts'

type Chance = () => number

/** A text of these, changed in one to four places: now as bytes, now by lines, now as the tree that YAML makes of it. */
export function mutated(texts: readonly string[], chance: Chance): Uint8Array {
  let bytes: Uint8Array = Buffer.from(oneOf(texts, chance))
  for (let left = oneOf([1, 1, 2, 4], chance); left > 0; left--) {
    const change = oneOf([...BY_BYTES, ...BY_LINES, ...BY_LINES, BY_TREE, BY_TREE, splice], chance)
    bytes = Buffer.from(change(bytes, chance, texts))
  }
  return bytes
}

/** One of a list. */
export const oneOf = <T>(list: readonly T[], chance: Chance): T => list[below(list.length, chance)] as T

const below = (limit: number, chance: Chance): number => Math.floor(chance() * limit)

type Mutation = (bytes: Uint8Array, chance: Chance, texts: readonly string[]) => Uint8Array | string

const put = (bytes: Uint8Array, at: number, cut: number, piece: Uint8Array | string): Uint8Array =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(piece), bytes.subarray(at + cut)])

const BY_BYTES: readonly Mutation[] = [
  (bytes, chance) => put(bytes, below(bytes.length, chance), 1, Uint8Array.of(below(256, chance))),
  (bytes, chance) => put(bytes, below(bytes.length, chance), 1 + below(30, chance), ''),
  (bytes, chance) => put(bytes, below(bytes.length + 1, chance), 0, oneOf(tokens, chance)),
  (bytes, chance) => put(bytes, below(bytes.length + 1, chance), below(4, chance), oneOf(hostile, chance)),
  (bytes, chance) => bytes.subarray(0, below(bytes.length, chance)),
  (bytes, chance) => {
    const at = below(bytes.length, chance)
    return put(bytes, at, 0, bytes.subarray(at, at + 1 + below(400, chance)))
  },
]

const BY_LINES: readonly Mutation[] = [
  // A line twice, gone, elsewhere, or indented otherwise.
  (bytes, chance) => lines(bytes, chance, (all, at) => all.splice(at, 0, all[at] ?? '')),
  (bytes, chance) => lines(bytes, chance, (all, at) => all.splice(at, 1)),
  (bytes, chance) => lines(bytes, chance, (all, at) => all.splice(below(all.length, chance), 0, ...all.splice(at, 1))),
  (bytes, chance) => lines(bytes, chance, (all, at) => all.splice(at, 1, ' '.repeat(below(5, chance)) + all[at])),
  (bytes, chance) => lines(bytes, chance, (all, at) => all.splice(at, 1, (all[at] ?? '').replace(/^ {1,3}/, ''))),
  // Another value behind a colon or a dash, and another key before it.
  (bytes, chance) =>
    lines(bytes, chance, (all, at) =>
      all.splice(
        at,
        1,
        (all[at] ?? '').replace(/([:-] +).*$/, (_, before) => before + oneOf(hostile, chance)),
      ),
    ),
  (bytes, chance) =>
    lines(bytes, chance, (all, at) =>
      all.splice(
        at,
        1,
        (all[at] ?? '').replace(/[\w.-]+(?=:)/, () => oneOf(hostile, chance)),
      ),
    ),
]

function lines(bytes: Uint8Array, chance: Chance, change: (all: string[], at: number) => unknown): Uint8Array {
  // Latin-1 both ways: bytes that are no UTF-8 stay as they are.
  const all = Buffer.from(bytes).toString('latin1').split('\n')
  change(all, below(all.length, chance))
  return Buffer.from(
    all.map((line) => (/[^\0-\xff]/.test(line) ? Buffer.from(line).toString('latin1') : line)).join('\n'),
    'latin1',
  )
}

/** A value of the tree becomes another, a map loses, doubles or gains a key: the text is YAML again. */
const BY_TREE: Mutation = (bytes, chance) => {
  if (bytes.length > 20_000) return bytes
  const document = parseDocument(Buffer.from(bytes).toString(), { uniqueKeys: false })
  if (document.errors.length) return bytes
  const places: (() => void)[] = []
  const visit = (node: unknown) => {
    if (isMap(node)) {
      for (const [index, pair] of node.items.entries()) {
        const key = pair.key as Scalar
        places.push(
          () => node.items.splice(index, 1),
          () => node.items.push(pair),
          () => {
            key.value = oneOf(hostile, chance)
          },
          () => {
            pair.value = document.createNode(oneOf(VALUES, chance))
          },
        )
        visit(pair.value)
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) {
        places.push(
          () => node.items.splice(index, 1),
          () => node.items.push(item),
          () => node.items.splice(index, 1, document.createNode(oneOf(VALUES, chance))),
        )
        visit(item)
      }
    } else if (isScalar(node)) {
      places.push(() => {
        node.value = oneOf(hostile, chance)
      })
    }
  }
  visit(document.contents)
  if (!places.length) return bytes
  oneOf(places, chance)()
  try {
    return document.toString()
  } catch {
    // The library writes no tree with a key that no text can be.
    return bytes
  }
}

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  Number.POSITIVE_INFINITY,
  0.5,
  '',
  [],
  {},
  [[]],
  [{}],
  { a: { b: [null] } },
  ['a', 'a'],
]

const splice: Mutation = (bytes, chance, texts) => {
  const other = Buffer.from(oneOf(texts, chance))
  const from = below(other.length, chance)
  return put(bytes, below(bytes.length, chance), below(200, chance), other.subarray(from, from + below(600, chance)))
}
