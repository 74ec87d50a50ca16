import { type Answer, readAnswer, unknown } from './answer.ts'
import type { Ended } from './exec.ts'
import { Frames } from './frames.ts'
import { Kept } from './kept.ts'
import type { Remote } from './remote.ts'
import { probeScript } from './script.ts'

/** How an answer begins that says that something else than our shell took the script. */
export const INTERFERES = 'the login shell interferes'

/** How long all questions of one script may take, unless said. */
export const PROBES_SECONDS = 120

const ANSWER_BYTES = 4 * 1024 * 1024
// Two scripts at once, each answer twice in memory for a moment: 32 MiB came to 179 MiB (measured).
const SCRIPT_BYTES = 8 * 1024 * 1024

/** Asks these shell texts of one host; the answers stand in the same order. @throws Fault where the host opens no session */
export async function askTexts(
  remote: Remote,
  texts: readonly string[],
  { as = 'root', deadlineSeconds = PROBES_SECONDS }: { as?: 'root' | 'login'; deadlineSeconds?: number } = {},
): Promise<readonly Answer[]> {
  const script = probeScript(texts)
  const over = new AbortController()
  const out = collector(script.nonce, texts.length, () => err.ended() && over.abort())
  const err = collector(script.nonce, texts.length, () => out.ended() && over.abort())
  const ended = await remote[as === 'root' ? 'run' : 'runPlain'](script.text, {
    deadlineSeconds,
    stdout: out.push,
    stderr: err.push,
    limitBytes: SCRIPT_BYTES,
    over: over.signal,
  })
  // Only the last mark counts: an exit status proves nothing, and what comes behind the mark is nobody's answer.
  if (out.ended()) return texts.map((_, index) => answerOf(out.part(index), err.part(index)))
  const because = unfinished(remote, ended, out.began(), `${out.noise()}\n${err.noise()}`, deadlineSeconds)
  return texts.map(() => unknown(because))
}

interface Part {
  readonly kept: Kept
  exit: number | undefined
}

// The host knows the mark as well: marks count only once and in their order, so that none can shift an answer.
function collector(nonce: string, count: number, whole: () => void) {
  const parts: Part[] = []
  const noise = new Kept(2048)
  let current: Part | undefined
  let began = false
  let ended = false
  const next = () => {
    current = parts.length < count ? { kept: new Kept(ANSWER_BYTES / 2), exit: undefined } : undefined
    if (current) parts.push(current)
  }
  const frames = new Frames(nonce, {
    bytes: (bytes) => (ended ? undefined : (current?.kept ?? noise).push(bytes)),
    mark: (words) => {
      if (!began && words === 'BEGIN') {
        began = true
        next()
      } else if (began && !ended && words === 'END') {
        ended = true
        whole()
      } else if (current && !ended && words.startsWith(`${parts.length - 1} `)) {
        current.exit = Number(words.split(' ')[1])
        next()
      }
    },
  })
  return {
    push: (chunk: Buffer) => frames.push(chunk),
    part: (index: number) => parts[index],
    began: () => began,
    ended: () => ended,
    noise: () => {
      frames.end()
      return noise.text()
    },
  }
}

function answerOf(out: Part | undefined, err: Part | undefined): Answer {
  if (out?.exit === undefined) return unknown('the probe did not come to its end')
  if (out.kept.total > ANSWER_BYTES) return unknown('the answer is longer than 4 MiB')
  return readAnswer(out.exit, out.kept.text(), err?.kept.text() ?? '')
}

function unfinished(
  remote: Remote,
  { stopped, lost, exit }: Ended,
  began: boolean,
  noise: string,
  seconds: number,
): string {
  if (stopped === 'limit') return 'the host printed more than 8 MiB'
  if (stopped === 'deadline') return `no answer within ${seconds} s`
  if (lost) return `${remote.lostBecause} before the last answer`
  if (began) return 'the shell on the host ended before the last answer'
  const said = noise.trim().slice(0, 200)
  return `${INTERFERES}: our script never began; it ${said ? `printed: ${said}` : 'printed nothing'}${exit === undefined ? '' : ` and ended with exit ${exit}`}`
}
