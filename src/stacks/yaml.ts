import { type Document, isAlias, LineCounter, type Node, parseDocument, stringify, type Tags, visit } from 'yaml'
import { Fault } from '../engine/fault.ts'
import { outOfBounds } from '../inventory/bounds.ts'

/** A YAML text with its values, and the place of each. */
export interface Source {
  readonly file: string
  readonly value: unknown
  /** `file:line` of a key, or of the nearest one above it. */
  readonly at: (path: readonly PropertyKey[]) => string
}

/**
 * Reads a Compose file as Docker's own CLI does: YAML 1.1 with merge keys, but 22:22 is text, not 1342 (gopkg.in/yaml.v2).
 * Tags are refused, and aliases that grow without bounds.
 * @throws Fault with file:line
 */
export function readYaml(file: string, text: string): Source {
  const lines = new LineCounter()
  const wrong = (line: number, because: string) =>
    new Fault('The file is not YAML that we read.', { at: `${file}:${line}`, because, exit: 64 })
  const beyond = outOfBounds(text)
  if (beyond) throw wrong(text.slice(0, beyond.offset).split('\n').length, beyond.message)
  const document = parseDocument(text, {
    version: '1.1',
    merge: true,
    lineCounter: lines,
    customTags: withoutTimes,
    logLevel: 'error',
  })
  const [error] = document.errors
  if (error) throw wrong(error.linePos?.[0].line ?? 1, error.message.split('\n')[0] ?? '')
  const tagged = firstTagged(document)
  if (tagged) throw wrong(lines.linePos(tagged.range?.[0] ?? 0).line, 'has a tag (!…); take it out')
  return {
    file,
    value: plain(document, (because) => wrong(1, because)),
    at: (path) => `${file}:${lineOf(document, lines, path)}`,
  }
}

// Only when values are made of it does the library see that an alias grows, or that a merge key has no map.
function plain(document: Document, wrong: (because: string) => Fault): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw wrong((error as Error).message)
  }
}

function firstTagged(document: Document): Node | undefined {
  let found: Node | undefined
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node) || node.tag === undefined) return undefined
      found = node
      return visit.BREAK
    },
  })
  return found
}

/** Writes YAML that says the same in version 1.1 and 1.2: what could be read as anything but text is quoted, keys too. */
export const writeYaml = (value: unknown): string =>
  stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false, singleQuote: false })

const withoutTimes = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || (tag.format !== 'TIME' && tag.tag !== 'tag:yaml.org,2002:timestamp'))

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined
    if (node?.range) return lines.linePos(node.range[0] ?? 0).line
  }
  return 1
}
