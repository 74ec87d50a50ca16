import { type Document, LineCounter, parseDocument, stringify, type Tags } from 'yaml'
import { Fault } from '../engine/fault.ts'

/** A YAML text with its values, and the place of each. */
export interface Source {
  readonly file: string
  readonly value: unknown
  /** `file:line` of a key, or of the nearest one above it. */
  readonly at: (path: readonly PropertyKey[]) => string
}

/**
 * Reads a Compose file as Docker's own CLI does: YAML 1.1 with merge keys, but 22:22 is text, not 1342 (gopkg.in/yaml.v2).
 * @throws Fault with file:line
 */
export function readYaml(file: string, text: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, { version: '1.1', merge: true, lineCounter: lines, customTags: withoutTimes })
  const [error] = document.errors
  if (error) {
    const line = error.linePos?.[0].line ?? 1
    throw new Fault('The file is not YAML.', { at: `${file}:${line}`, because: error.message.split('\n')[0], exit: 64 })
  }
  return {
    file,
    value: document.toJS({ maxAliasCount: 100 }),
    at: (path) => `${file}:${lineOf(document, lines, path)}`,
  }
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
