import type { Found } from './mark.ts'

/** A file's bytes as text, with what is wrong with them as UTF-8. A byte order mark is taken off. */
export interface Decoded {
  readonly text: string
  readonly found: readonly Found[]
  /** Another encoding altogether: the rest of it would read as nonsense. */
  readonly foreign: boolean
}

/** Reads bytes as UTF-8. What is no UTF-8 becomes U+FFFD, so that the other faults of the file can be told beside it. */
export function decoded(bytes: Uint8Array): Decoded {
  if (isUtf16(bytes)) return { text: '', found: [at(0, 'is UTF-16; save the file as UTF-8')], foreign: true }
  const text = new TextDecoder().decode(bytes)
  const offset = firstBroken(text, bytes)
  if (offset < 0) return { text, found: [], foreign: false }
  const foreign = bytes.includes(0)
  const message = foreign
    ? 'is no text; name a file of inventories/, or copy inventories/example.yaml and change it'
    : 'is not UTF-8; write this character again, and save the file as UTF-8'
  return { text, found: [at(offset, message)], foreign }
}

// By its mark; or, where it has none, because every second byte of its beginning is 0, and no other.
function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true
  const beginning = bytes.subarray(0, 32)
  return (
    beginning.length > 3 &&
    beginning.every((byte, index) => (byte === 0) === (bytes[index % 2] === 0)) &&
    (first === 0) !== (second === 0)
  )
}

// U+FFFD stands for what could not be read, but may also stand in the file itself.
function firstBroken(text: string, bytes: Uint8Array): number {
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  let byte = mark
  let from = 0
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) {
    byte += Buffer.byteLength(text.slice(from, at))
    if (bytes[byte] !== 0xef || bytes[byte + 1] !== 0xbf || bytes[byte + 2] !== 0xbd) return at
    from = at
  }
  return -1
}

const at = (offset: number, message: string): Found => ({ offset, length: 1, path: [], message })
