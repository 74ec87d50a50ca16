import type { FixFailed } from './fix-fault.ts'
import { Frames } from './frames.ts'
import { Kept } from './kept.ts'
import type { Remote } from './remote.ts'
import { fixScript } from './script.ts'

/** How long one script of fixes may take. */
export const FIX_SECONDS = 1800

const KEEP_BYTES = 64 * 1024

type Outcome =
  | { readonly done: true }
  | (FixFailed & {
      readonly done: false
      readonly index: number
      /** The host's lock is no longer this run's. */
      readonly lost: boolean
    })

/** Runs fixes as one script. Done only if every one of them said so. */
export async function runFixes(
  remote: Remote,
  texts: readonly string[],
  run: string | undefined,
  line: (text: string) => void,
  begins: (index: number) => void = () => undefined,
): Promise<Outcome> {
  const script = fixScript(texts, run === undefined ? undefined : { run })
  let index = 0
  let exit: number | undefined
  let lost = false
  let ended = false
  let said = new Kept(KEEP_BYTES)
  let saidBy = -1
  // Either stream may come first: what a fix says is kept from the first mark of it, on whichever.
  const listen = (words: string) => {
    const [first, number] = words.split(' ')
    if (first !== 'start' || Number(number) <= saidBy) return
    saidBy = Number(number)
    said = new Kept(KEEP_BYTES)
  }
  const lines = lineReader(line)
  const out = new Frames(script.nonce, {
    bytes: (bytes) => {
      said.push(bytes)
      lines(bytes)
    },
    mark: (words) => {
      listen(words)
      const [first, second] = words.split(' ')
      if (words === 'lost') lost = true
      else if (words === 'END') ended = true
      else if (first === 'start') {
        index = Number(second)
        exit = undefined
        begins(index)
      } else if (words !== 'BEGIN') exit = Number(second)
    },
  })
  const err = new Frames(script.nonce, {
    bytes: (bytes) => {
      said.push(bytes)
      lines(bytes)
    },
    mark: listen,
  })
  const { lost: connection, stopped } = await remote.run(script.text, {
    deadlineSeconds: FIX_SECONDS,
    stdout: (chunk) => out.push(chunk),
    stderr: (chunk) => err.push(chunk),
  })
  if (ended && !lost && exit === 0 && index === texts.length - 1) return { done: true }
  const late = stopped === 'deadline'
  return { done: false, index, exit: ended ? exit : undefined, said: said.text(), lost, connection, late }
}

function lineReader(line: (text: string) => void): (bytes: Buffer) => void {
  let rest = ''
  const decoder = new TextDecoder()
  return (bytes) => {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split(/[\r\n]+/)
    rest = (parts.pop() ?? '').slice(-1000)
    for (const part of parts) if (part.trim()) line(part)
  }
}
