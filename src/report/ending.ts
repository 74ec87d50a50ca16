import { faultLines } from './fault.ts'
import { type Hint, hintLines } from './hints.ts'
import { planLines } from './plan.ts'
import { printable } from './printable.ts'
import { checkLines, type Layout, stepLine, wideLine } from './rows.ts'
import type { Story } from './story.ts'
import { doneWords, inSyncWords, interruptedWords, isInSync, leftSomething, phaseWords, planWords } from './summary.ts'
import { wrapped } from './width.ts'
import { duration } from './words.ts'

interface Options extends Layout {
  readonly hints: readonly Hint[]
  readonly verbose: boolean
  readonly now: number
  /** Nothing more comes: what was not printed yet is. */
  readonly last: boolean
}

const REPAIRED_LINES = 12

/** The end of a screen: what was found or done, what failed, the counts, and what to type next. */
export function ending(story: Story, options: Options): readonly string[] {
  const { summary, run } = story
  const { paint } = options
  if (options.last || !summary)
    return story.faults.splice(0).flatMap((fault) => faultLines(fault, { paint, goesOn: !!run }))
  if (isInSync(summary)) return [...(story.begun ? [''] : []), paint.good(inSyncWords(summary))]
  const blocks = [
    ...(summary.exit === 130 ? [stoppedLines(story, options)] : []),
    findings(story, options),
    ...story.faults.splice(0).map((fault) => faultLines(fault, { paint, goesOn: summary.exit === 1 && !run?.plan })),
    notTriedLines(story, options),
    // Where nothing was asked (a lock, a wrong flag), counts of nothing would only hide the fault.
    summary.resources || summary.changed || summary.exit === 130
      ? [lastLine(story, options), ...phaseLines(summary, options)]
      : [],
    checkLines(
      [...story.checks.values()].filter(({ healthy }) => !run?.plan || !healthy),
      paint,
    ),
    summary.exit === 0 ? hintLines(options.hints, options.columns, paint) : [],
  ]
  return separated(blocks)
}

function lastLine(story: Story, options: Options): string {
  const { summary, steps, interrupt, run } = story
  const { paint } = options
  if (!summary) return ''
  if (summary.exit === 130) {
    const done = [...steps.values()].filter(({ state }) => state === 'done').length
    return paint.careful(interruptedWords(done, steps.size, leftSomething(interrupt)))
  }
  const line = wideLine(run?.plan ? planWords(summary) : doneWords(summary), duration(summary.seconds), options)
  return summary.exit === 0 ? paint.good(line) : paint.strong(line)
}

const phaseLines = (summary: NonNullable<Story['summary']>, { paint, columns }: Options): readonly string[] =>
  wrapped(printable(phaseWords(summary)), columns)
    .filter(Boolean)
    .map((line) => paint.quiet(line))

// A plan's findings are what it is for; after a run, a first one's hundred changes would bury what matters.
function findings({ run, planned, applied, unknown }: Story, { paint, columns, verbose }: Options): readonly string[] {
  const options = { paint, columns, hosts: run?.hosts ?? 1, whole: verbose }
  if (run?.plan) return planLines([...planned, ...unknown], options)
  const done = planLines(applied, { ...options, done: true })
  const few = verbose || new Set(applied.map(({ step, resource }) => `${step} ${resource}`)).size <= REPAIRED_LINES
  return [...(few ? done : []), ...planLines(unknown, options)]
}

const stoppedLines = ({ steps, runningSince }: Story, at: Options): readonly string[] =>
  [...steps.values()]
    .filter(({ state, step }) => state === 'running' && runningSince.has(step))
    .map((step) => {
      const seconds = Math.floor((at.now - (runningSince.get(step.step) ?? at.now)) / 1000)
      return at.paint.careful(stepLine('–', { ...step, seconds }, at))
    })

function notTriedLines({ steps, run }: Story, { paint }: Options): readonly string[] {
  const names = [...steps.values()].filter(({ state }) => state === 'not tried').map(({ step }) => printable(step))
  return names.length && !run?.plan ? [`${paint.quiet('not tried   ')}${names.join(', ')}`] : []
}

const separated = (blocks: readonly (readonly string[])[]): readonly string[] =>
  blocks.filter(({ length }) => length).flatMap((block) => ['', ...block])
