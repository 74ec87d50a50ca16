import type { Host } from '../inventory/org.ts'
import { type Answer, unknown } from './answer.ts'
import { askTexts, PROBES_SECONDS } from './ask-texts.ts'
import { Fault } from './fault.ts'
import type { Placed } from './placed.ts'
import type { Answers } from './plan.ts'
import { questionOf } from './plan.ts'
import type { Remote, Remotes } from './remote.ts'
import type { Question } from './resource.ts'
import { running, type Sh } from './sh.ts'
import { gathered, type Single } from './together.ts'

const MANY_PROBES = 8
/** How many sessions many questions take at once. */
const LANES = 2
const MANY_HOSTS = 8

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
  const count = byHost.size > MANY_HOSTS ? 1 : LANES
  await Promise.all([
    ...[...byHost.values()].map(async (asked) => {
      asked.answers = await askHost(remotes(asked.host), asked, count)
    }),
    ...[...calls.keys()].map(async (call) => calls.set(call, await callAnswer(call))),
  ])
  return (host, question) => {
    if (typeof question === 'function') return calls.get(question) ?? unknown('not asked')
    const [asked, text] = 'on' in question ? [question.on, question.sh] : [host, question]
    return byHost.get(asked.name)?.answers.get(running(text)) ?? unknown('not asked')
  }
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

async function askHost(
  remote: Remote | undefined,
  { host, questions }: Asked,
  count: number,
): Promise<ReadonlyMap<string, Answer>> {
  const answers = new Map<string, Answer>()
  if (!remote) {
    for (const text of questions.keys()) answers.set(text, unknown(`${host.name} is not reached`))
    return answers
  }
  const askings = gathered([...questions.values()])
  const told = await inLanes(
    remote,
    askings.map(({ text }) => text),
    count,
  )
  for (const { text, of, tell } of askings) {
    const parts = tell(told.get(text) ?? unknown('not asked'))
    for (const [index, one] of of.entries()) {
      const part = parts[index]
      if (part) answers.set(one, part)
    }
  }
  const alone = [...questions.keys()].filter((text) => !answers.has(text))
  if (alone.length) for (const [text, answer] of await inLanes(remote, alone, count)) answers.set(text, answer)
  return answers
}

async function inLanes(remote: Remote, texts: readonly string[], count: number): Promise<ReadonlyMap<string, Answer>> {
  const answers = new Map<string, Answer>()
  await Promise.all(
    lanes(texts, count).map(async (lane) => {
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
// at once. What a question costs nobody knows; a longer one starts more programs, as a rule. Of many hosts it is this
// machine that they wait for, and a second session is only more work.
function lanes(texts: readonly string[], count: number): readonly (readonly string[])[] {
  if (count === 1 || texts.length < MANY_PROBES) return [texts]
  const lanes = Array.from({ length: count }, () => ({ texts: [] as string[], letters: 0 }))
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
    if (error instanceof Fault) return unknown(`${error.message} ${error.because ?? ''}`.trim(), error)
    return unknown(error instanceof Error ? error.message : String(error))
  }
}
