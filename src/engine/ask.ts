import type { Host } from '../inventory/org.ts'
import { type Answer, readAnswer, unknown } from './answer.ts'
import { Frames } from './frames.ts'
import { Kept } from './kept.ts'
import type { Answers } from './plan.ts'
import { questionOf } from './plan.ts'
import type { Remote } from './remote.ts'
import type { Question, Resource } from './resource.ts'
import { probeScript } from './script.ts'
import { running } from './sh.ts'

/** A resource on its host, in its place in the list. */
export interface Placed {
  readonly host: Host
  readonly step: string
  readonly resource: Resource
}

/** The connection to a host; undefined where there is none. */
export type Remotes = (host: Host) => Remote | undefined

const PROBES_SECONDS = 120
const MANY_PROBES = 16
/** How many sessions many questions take at once. */
export const LANES = 2
const ANSWER_BYTES = 4 * 1024 * 1024
const SCRIPT_BYTES = 32 * 1024 * 1024

/** Asks everything that these resources want to know: one script a host, all hosts at once, equal questions once. */
export async function ask(placed: readonly Placed[], remotes: Remotes): Promise<Answers> {
  const byHost = new Map<string, { readonly host: Host; readonly probes: Map<string, Answer> }>()
  const calls = new Map<Extract<Question, (...never: never[]) => unknown>, Answer>()
  for (const { host, resource } of placed) {
    for (const question of Object.values(resource.actual).map(questionOf)) {
      if (typeof question === 'function') calls.set(question, unknown('not asked'))
      else note(byHost, 'on' in question ? question.on : host, textOf(question))
    }
  }
  await Promise.all([
    ...[...byHost.values()].map(({ host, probes }) => askHost(remotes(host), host.name, probes)),
    ...[...calls.keys()].map(async (call) => calls.set(call, await callAnswer(call))),
  ])
  return (host, question) => {
    if (typeof question === 'function') return calls.get(question) ?? unknown('not asked')
    const asked = 'on' in question ? question.on : host
    return byHost.get(asked.name)?.probes.get(textOf(question)) ?? unknown('not asked')
  }
}

/** Asks these shell texts of one host; the answers stand in the same order. */
export async function askTexts(remote: Remote, texts: readonly string[], plain = false): Promise<readonly Answer[]> {
  const script = probeScript(texts)
  const out = collector(script.nonce)
  const err = collector(script.nonce)
  const ended = await remote[plain ? 'runPlain' : 'run'](script.text, {
    deadlineSeconds: PROBES_SECONDS,
    stdout: out.push,
    stderr: err.push,
    limitBytes: SCRIPT_BYTES,
  })
  if (ended.stopped === 'limit') return texts.map(() => unknown('the host printed more than 32 MiB'))
  if (ended.stopped === 'deadline') return texts.map(() => unknown(`no answer within ${PROBES_SECONDS} s`))
  if (!out.ended()) return texts.map(() => unknown(unfinished(out.began() || ended.lost !== undefined, out.noise())))
  return texts.map((_, index) => answerOf(out.part(index), err.part(index)))
}

function note(byHost: Map<string, { host: Host; probes: Map<string, Answer> }>, host: Host, text: string): void {
  const known = byHost.get(host.name) ?? { host, probes: new Map<string, Answer>() }
  byHost.set(host.name, known)
  known.probes.set(text, unknown('not asked'))
}

const textOf = (question: Exclude<Question, (...never: never[]) => unknown>): string =>
  running('on' in question ? question.sh : question)

async function askHost(remote: Remote | undefined, name: string, probes: Map<string, Answer>): Promise<void> {
  const texts = [...probes.keys()]
  await Promise.all(
    lanes(texts).map(async (lane) => {
      const answers = remote ? await askTexts(remote, lane) : lane.map(() => unknown(`${name} is not reached`))
      for (const [index, text] of lane.entries()) probes.set(text, answers[index] ?? unknown('not asked'))
    }),
  )
}

// Most of the time goes into starting programs on the host, which has more than one core: many questions go as two scripts at once.
const lanes = (texts: readonly string[]): readonly (readonly string[])[] =>
  texts.length < MANY_PROBES
    ? [texts]
    : Array.from({ length: LANES }, (_, lane) => texts.filter((_, index) => index % LANES === lane))

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

function collector(nonce: string) {
  const parts: Part[] = []
  let current: Part = { kept: new Kept(2048), exit: undefined }
  const noise = current.kept
  let began = false
  let ended = false
  const frames = new Frames(nonce, {
    bytes: (bytes) => current.kept.push(bytes),
    mark: (words) => {
      if (words === 'BEGIN') began = true
      else if (words === 'END') ended = true
      else current.exit = Number(words.split(' ')[1])
      if (began && !ended) {
        current = { kept: new Kept(ANSWER_BYTES / 2), exit: undefined }
        parts.push(current)
      }
    },
  })
  return {
    push: (chunk: Buffer) => frames.push(chunk),
    part: (index: number) => parts[index],
    began: () => began,
    ended: () => ended,
    noise: () => noise.text(),
  }
}

function answerOf(out: Part | undefined, err: Part | undefined): Answer {
  if (out?.exit === undefined) return unknown('the probe did not come to its end')
  if (out.kept.total > ANSWER_BYTES) return unknown('the answer is longer than 4 MiB')
  return readAnswer(out.exit, out.kept.text(), err?.kept.text() ?? '')
}

function unfinished(began: boolean, noise: string): string {
  if (began) return 'the connection was lost before the last answer'
  const said = noise.trim().slice(0, 200)
  return said
    ? `the login shell interferes: our script never began; it printed: ${said}`
    : 'the login shell interferes: our script never began, and nothing was printed'
}
