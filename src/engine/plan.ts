import type { Host } from '../inventory/org.ts'
import type { Answer } from './answer.ts'
import type { Fault } from './fault.ts'
import type { Changes, Probe, Question, Resource } from './resource.ts'
import { Secret } from './secret.ts'

/** What a resource's answers come to: three answers, never a guess. */
export type Verdict =
  | { readonly verdict: 'in sync'; readonly resource: Resource }
  | { readonly verdict: 'to change'; readonly resource: Resource; readonly changes: Changes }
  | { readonly verdict: 'unknown'; readonly resource: Resource; readonly because: string; readonly fault?: Fault }

export type ToChange = Extract<Verdict, { verdict: 'to change' }>
export type Unknown = Extract<Verdict, { verdict: 'unknown' }>

/** Gives the answer to a question that was asked of this host. */
export type Answers = (host: Host, question: Question) => Answer

/** Compares desired with actual. Pure: the same answers, the same verdict. */
export function judge(resource: Resource, host: Host, answers: Answers): Verdict {
  const changes: Record<string, Changes[string]> = {}
  for (const [key, wanted] of Object.entries(resource.desired)) {
    const probe = resource.actual[key]
    if (!probe) throw new TypeError(`${resource.name} has no probe for ${key}`)
    const answer = answers(host, questionOf(probe))
    if (answer.kind === 'unknown') {
      const { kind, ...why } = answer
      return { verdict: kind, resource, ...why }
    }
    const actual = answer.kind === 'none' ? undefined : partOf(probe, answer.text)
    if (actual instanceof Error) return { verdict: 'unknown', resource, because: actual.message }
    if (actual !== textOf(wanted)) changes[key] = { from: actual, to: wanted }
  }
  return Object.keys(changes).length ? { verdict: 'to change', resource, changes } : { verdict: 'in sync', resource }
}

/** The question behind a probe, which it may share with others. */
export const questionOf = (probe: Probe): Question => (typeof probe === 'object' && 'ask' in probe ? probe.ask : probe)

// A host may answer anything: what cannot be read is not known, and no fault of whoever reads.
function partOf(probe: Probe, text: string): string | undefined | Error {
  if (typeof probe !== 'object' || !('read' in probe)) return text
  try {
    return probe.read(text)
  } catch (error) {
    return new Error(`its answer cannot be read (${(error as Error).message}): ${text.slice(0, 100) || 'nothing'}`)
  }
}

const textOf = (value: string | Secret): string => (value instanceof Secret ? value.reveal() : value)
