import type { Event } from '../engine/event.ts'
import type { EventOf } from './reader.ts'

/** What has been told of a run so far. */
export interface Story {
  run?: EventOf<'run'>
  summary?: EventOf<'summary'>
  interrupt?: EventOf<'interrupt'>
  /** Something differs: the run is more than two lines. */
  begun: boolean
  /** Something stands below the header already. */
  apart: boolean
  readonly startedAt: number
  readonly hosts: EventOf<'host'>[]
  readonly steps: Map<string, EventOf<'step'>>
  readonly runningSince: Map<string, number>
  /** What each host prints or does just now, the latest last. */
  readonly doing: Map<string, { readonly step: string; readonly line: string }>
  /** What stops for a moment, by host and resource. */
  readonly interrupting: Map<string, string>
  readonly planned: EventOf<'change'>[]
  readonly applied: EventOf<'change'>[]
  readonly unknown: EventOf<'unknown'>[]
  readonly checks: Map<string, EventOf<'check'>>
  /** Not printed yet. */
  readonly faults: EventOf<'fault'>[]
}

/** A story of which nothing is told yet. */
export const emptyStory = (now: number): Story => ({
  begun: false,
  apart: false,
  startedAt: now,
  hosts: [],
  steps: new Map(),
  runningSince: new Map(),
  doing: new Map(),
  interrupting: new Map(),
  planned: [],
  applied: [],
  unknown: [],
  checks: new Map(),
  faults: [],
})

/** Adds an event to the story. */
export function told(story: Story, event: Event, now: number): void {
  if (event.event === 'run') story.run = event
  else if (event.event === 'summary') story.summary = event
  else if (event.event === 'interrupt') story.interrupt = event
  else if (event.event === 'host') story.hosts.push(event)
  else if (event.event === 'unknown') story.unknown.push(event)
  else if (event.event === 'fault') story.faults.push(event)
  else if (event.event === 'check') story.checks.set(`${event.name}\n${event.at}`, event)
  else if (event.event === 'step') step(story, event, now)
  else if (event.event === 'change') change(story, event)
  else if (event.event === 'fix') fix(story, event)
  else if (event.event === 'output') doing(story, event.host, event.step, event.line)
}

function step(story: Story, event: EventOf<'step'>, now: number): void {
  if (event.state === 'running' && story.steps.get(event.step)?.state !== 'running') {
    story.runningSince.set(event.step, now - event.seconds * 1000)
    story.doing.clear()
  }
  story.steps.set(event.step, event)
}

function change(story: Story, event: EventOf<'change'>): void {
  if (event.state === 'planned') story.planned.push(event)
  else if (event.state === 'applied') story.applied.push(event)
  else {
    if (event.interrupts) story.interrupting.set(`${event.host} ${event.resource}`, event.interrupts)
    doing(story, event.host, event.step, wordsOf(story, event))
  }
}

function fix(story: Story, event: EventOf<'fix'>): void {
  if (event.state === 'begun') doing(story, event.host, event.step, wordsOf(story, event))
}

function wordsOf(
  { interrupting }: Story,
  { host, resource }: { readonly host: string; readonly resource: string },
): string {
  const interrupts = interrupting.get(`${host} ${resource}`)
  return interrupts ? `${resource}: ${interrupts}` : resource
}

function doing(story: Story, host: string, step: string, line: string): void {
  story.doing.delete(host)
  story.doing.set(host, { step, line })
}
