import type { Host } from '../inventory/org.ts'
import { type Answer, readAnswer, unknown } from './answer.ts'
import type { Ended } from './exec.ts'
import { Fault } from './fault.ts'
import { Frames } from './frames.ts'
import { Kept } from './kept.ts'
import type { Answers } from './plan.ts'
import { questionOf } from './plan.ts'
import type { Remote } from './remote.ts'
import type { Question, Resource } from './resource.ts'
import { probeScript } from './script.ts'
import { running, type Sh } from './sh.ts'
import { gathered, type Single } from './together.ts'

/** A resource on its host, in its place in the list. */
export interface Placed {
  readonly host: Host
  readonly step: string
  readonly resource: Resource
}

/** The connection to a host; undefined where there is none. */
export type Remotes = (host: Host) => Remote | undefined

/** How an answer begins that says that something else than our shell took the script. */
export const INTERFERES = 'the login shell interferes'

const PROBES_SECONDS = 120
const MANY_PROBES = 8
/** How many sessions many questions take at once. */
const LANES = 2
const ANSWER_BYTES = 4 * 1024 * 1024
// Two scripts at once, each answer twice in memory for a moment: 32 MiB came to 179 MiB (measured).
const SCRIPT_BYTES = 8 * 1024 * 1024

/** Asks everything that these resources want to know: one script a host, all hosts at once, equal questions once. */
export async function ask(placed: readonly Placed[], remotes: Remotes): Promise<Answers> {
  const byHost = new Map<string, Asked>()
  const calls = new Map<Extract<Question, (...never: never[]) => unknown>, Answer>()
  for (const { host, resource } of placed) {
    for (const question of Object.values(resource.actual).map(questionOf)) {
      if (typeof question === 'function') calls.set(question, unknown('not asked'))
      else if ('on' in question) note(byHost, question.on, question.sh)
      else note(byHost, host, question)
    }
  }
  await Promise.all([
    ...[...byHost.values()].map(async (asked) => {
      asked.answers = await askHost(remotes(asked.host), asked)
    }),
    ...[...calls.keys()].map(async (call) => calls.set(call, await callAnswer(call))),
  ])
  return (host, question) => {
    if (typeof question === 'function') return calls.get(question) ?? unknown('not asked')
    const [asked, text] = 'on' in question ? [question.on, question.sh] : [host, question]
    return byHost.get(asked.name)?.answers.get(running(text)) ?? unknown('not asked')
  }
}

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

interface Asked {
  readonly host: Host
  readonly questions: Map<string, Single>
  answers: ReadonlyMap<string, Answer>
}

function note(byHost: Map<string, Asked>, host: Host, question: Sh): void {
  const known = byHost.get(host.name) ?? { host, questions: new Map(), answers: new Map() }
  byHost.set(host.name, known)
  const text = running(question)
  known.questions.set(text, { text, together: question.together })
}

async function askHost(remote: Remote | undefined, { host, questions }: Asked): Promise<ReadonlyMap<string, Answer>> {
  const answers = new Map<string, Answer>()
  if (!remote) {
    for (const text of questions.keys()) answers.set(text, unknown(`${host.name} is not reached`))
    return answers
  }
  const askings = gathered([...questions.values()])
  const told = await inLanes(
    remote,
    askings.map(({ text }) => text),
  )
  for (const { text, of, tell } of askings) {
    const parts = tell(told.get(text) ?? unknown('not asked'))
    for (const [index, one] of of.entries()) {
      const part = parts[index]
      if (part) answers.set(one, part)
    }
  }
  const alone = [...questions.keys()].filter((text) => !answers.has(text))
  if (alone.length) for (const [text, answer] of await inLanes(remote, alone)) answers.set(text, answer)
  return answers
}

async function inLanes(remote: Remote, texts: readonly string[]): Promise<ReadonlyMap<string, Answer>> {
  const answers = new Map<string, Answer>()
  await Promise.all(
    lanes(texts).map(async (lane) => {
      const told = await answersOf(remote, lane)
      for (const [index, text] of lane.entries()) answers.set(text, told[index] ?? unknown('not asked'))
    }),
  )
  return answers
}

async function answersOf(remote: Remote, texts: readonly string[]): Promise<readonly Answer[]> {
  try {
    return await askTexts(remote, texts)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return texts.map(() => unknown(`${error.message} ${error.because}`))
  }
}

// Most of the time goes into starting programs on the host, which has more than one core: many questions go as two scripts
// at once. What a question costs nobody knows; a longer one starts more programs, as a rule.
function lanes(texts: readonly string[]): readonly (readonly string[])[] {
  if (texts.length < MANY_PROBES) return [texts]
  const lanes = Array.from({ length: LANES }, () => ({ texts: [] as string[], letters: 0 }))
  for (const text of [...texts].sort((one, other) => other.length - one.length)) {
    const lightest = lanes.reduce((one, other) => (other.letters < one.letters ? other : one))
    lightest.texts.push(text)
    lightest.letters += text.length
  }
  return lanes.map((lane) => lane.texts)
}

async function callAnswer(call: (signal: AbortSignal) => Promise<string | undefined>): Promise<Answer> {
  try {
    const text = await call(AbortSignal.timeout(PROBES_SECONDS * 1000))
    return text === undefined ? { kind: 'none' } : { kind: 'text', text }
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error))
  }
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
