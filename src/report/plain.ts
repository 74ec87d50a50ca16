import type { Event } from '../engine/event.ts'
import { changeWords, doneWords } from './change-words.ts'
import { faultLines } from './fault.ts'
import type { Hint } from './hints.ts'
import { printable, printableLines } from './printable.ts'
import type { EventOf, Reader } from './reader.ts'
import { type Sink, writer } from './sink.ts'
import { emptyStory, type Story, told } from './story.ts'
import * as summary from './summary.ts'
import { count, duration } from './words.ts'

const SILENCE_MS = 30_000

/** Plain lines for logs and pipes: `TIME host │ step │ resource: what`, no colours, no control characters. */
export function plainReader(
  sink: Sink,
  {
    hints = [],
    verbose = false,
    now = Date.now,
  }: { hints?: readonly Hint[]; verbose?: boolean; now?: () => number } = {},
): Reader {
  const write = writer(sink)
  const story = emptyStory(now())
  let saidAt = now()
  const say = (lines: readonly string[]) => {
    const time = new Date(now()).toISOString().replace(/\.\d+/, '')
    if (lines.length) saidAt = now()
    for (const line of lines) write(`${time} ${line.trimEnd()}\n`)
  }
  return {
    report: (event) => {
      told(story, event, now())
      if (event.event !== 'output') say(linesOf(event, story))
      // Who waits for a log wants a sign of life, not every line of apt.
      else if (verbose || now() - saidAt >= SILENCE_MS) say([at(event.host, event.step, `… ${printable(event.line)}`)])
      if (event.event === 'summary' && event.exit === 0 && event.changed && !story.run?.plan) {
        say(hints.map(({ word, command }) => `${word}: ${printable(command)}`))
      }
    },
    end: () => undefined,
  }
}

function linesOf(event: Exclude<Event, { event: 'output' }>, story: Story): readonly string[] {
  switch (event.event) {
    case 'run':
      return [header(event)]
    case 'note':
      return [`${event.host ? `${printable(event.host)} │ ` : ''}${printable(event.text)}`]
    case 'host':
      return [hostWords(event)]
    case 'step':
      return stepLines(event)
    case 'change':
      return changeLines(event, story.run?.plan ?? false)
    case 'unknown':
      return [at(event.host, event.step, `${printable(event.resource)}: unknown: ${printable(event.because)}`)]
    case 'check':
      return [`${printable(event.name)} │ ${printable(event.at)} │ ${printable(event.answer)}`]
    case 'fix':
      return []
    case 'interrupt':
      return [printable(summary.interruptWords(event))]
    case 'fault':
      return faultLines(event, { goesOn: story.run !== undefined && !story.run.plan })
    case 'summary':
      return [summaryWords(event, story)]
  }
}

const header = ({ org, platform, hosts, inventory }: EventOf<'run'>): string =>
  printable(`groundwork · ${org} · platform ${platform} · ${count(hosts, 'host')} · ${inventory}`)

const hostWords = ({ host, text, details, seconds, remark }: EventOf<'host'>): string => {
  const parts = [text, details, ...(seconds === undefined ? [] : [duration(seconds)]), remark]
  return `${printable(host)} │ ${printable(parts.filter(Boolean).join(' · '))}`
}

function stepLines({ step, title, state, changed, seconds }: EventOf<'step'>): readonly string[] {
  if (state === 'waiting') return []
  const outcome = state === 'running' ? 'begins' : state === 'not tried' ? state : `${state} in ${duration(seconds)}`
  return [at('all', step, `${printable(title)}: ${outcome}${changed ? `, ${changed} changed` : ''}`)]
}

function changeLines(change: EventOf<'change'>, plan: boolean): readonly string[] {
  const { host, step, resource, changes, diff, interrupts, destroys, state } = change
  const line = (text: string) => at(host, step, text)
  const head = (words: string) => line(`${printable(resource)}: ${words}`)
  const consequences = [
    ...(interrupts ? [line(`then ${printable(interrupts)}`)] : []),
    ...(destroys ? [line(`lost for ever: ${printable(destroys)}`)] : []),
  ]
  if (state === 'applied') return [head(doneWords(changes))]
  if (state === 'applying') return consequences
  if (!plan) return []
  const lines = diff ? printableLines(diff.replace(/\n$/, '')).map((text) => line(`    ${text}`)) : []
  return [head(changeWords(changes)), ...lines, ...consequences]
}

function summaryWords(event: EventOf<'summary'>, { run, steps, interrupt }: Story): string {
  if (summary.isInSync(event)) return summary.inSyncWords(event)
  if (event.exit === 130) {
    const done = [...steps.values()].filter(({ state }) => state === 'done').length
    return summary.interruptedWords(done, steps.size, summary.leftSomething(interrupt))
  }
  const phases = summary.phaseWords(event)
  const words = run?.plan ? summary.planWords(event) : summary.doneWords(event)
  return `${words} · ${duration(event.seconds)}${phases && ` (${phases})`}`
}

const at = (host: string, step: string, text: string): string => `${printable(host)} │ ${printable(step)} │ ${text}`
