import { colours } from './colours.ts'
import { ending } from './ending.ts'
import { faultHeading } from './fault.ts'
import type { Hint } from './hints.ts'
import { columnsOf, type Live, live } from './live.ts'
import { printable } from './printable.ts'
import type { EventOf, Reader } from './reader.ts'
import { belowLine, headerLines, hostLines, type Layout, stepLine, waitingLine, wideLine } from './rows.ts'
import type { Sink } from './sink.ts'
import { emptyStory, type Story, told } from './story.ts'
import { interruptWords } from './summary.ts'
import { cut, width, wrapped } from './width.ts'
import { count, duration } from './words.ts'

interface Options {
  /** What to type next, after a run that succeeded. */
  readonly hints?: readonly Hint[]
  readonly verbose?: boolean
  /** Colours or none; else as NO_COLOR and FORCE_COLOR say. */
  readonly colour?: boolean
  readonly now?: () => number
}

const SPINNER = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
const BELOW_LINES = 3

/**
 * The live view: what is finished scrolls away, one line a step; what runs moves at the lower end. `hold` leaves the
 * terminal to a question.
 */
export function terminalReader(sink: Sink, options: Options = {}): Reader & Pick<Live, 'hold'> {
  const { hints = [], verbose = false, colour, now = Date.now } = options
  const paint = colours(colour)
  const story = emptyStory(now())
  const layout = (names: Iterable<string>, least = 0): Layout => ({
    columns: columnsOf(sink),
    paint,
    longest: Math.max(least, ...[...names].map((name) => width(printable(name)))),
  })
  const steps = () => layout(story.steps.keys(), 8)
  const hosts = () => layout(story.hosts.map(({ host }) => host))
  const screen = live(sink, () => unfinished(story, steps(), hosts(), now()), now)

  // A run in sync says so in two lines: hosts and steps are printed once something differs.
  const begin = () => {
    if (story.begun || !story.run || story.run.plan) return
    story.begun = true
    const rows = [...story.steps.values()].filter(isFinished).map((step) => finishedLine(step, steps()))
    const lines = story.hosts.flatMap((host) => hostLines(host, hosts()))
    if (lines.length) row(...lines, '')
    if (rows.length) row(...rows)
  }

  // The header is followed by an empty line, but only where something else than the end follows.
  const row = (...lines: readonly string[]) => {
    screen.print(...(story.apart ? [] : ['']), ...lines)
    story.apart = true
  }

  return {
    hold: screen.hold,
    end: () => {
      screen.print(...ending(story, { ...steps(), hints, verbose, now: now(), last: true }))
      screen.end()
    },
    report: (event) => {
      const begunBefore = story.begun
      told(story, event, now())
      if (event.event === 'run') screen.print(...headerLines(event, steps()))
      if (event.event === 'note') screen.print(...noteLines(event, steps()))
      if (event.event === 'interrupt') screen.print(paint.careful(printable(interruptWords(event))))
      if (isDifference(event)) begin()
      if (begunBefore && event.event === 'host') row(...hostLines(event, hosts()))
      if (begunBefore && event.event === 'step' && isFinished(event)) row(finishedLine(event, steps()))
      if (verbose && event.event === 'output') screen.print(paint.quiet(belowLine(event.line, steps())))
      if (event.event === 'summary')
        screen.print(...ending(story, { ...steps(), hints, verbose, now: now(), last: false }))
      screen.touch()
    },
  }
}

const isDifference = (event: Parameters<Reader['report']>[0]): boolean =>
  event.event === 'change' ||
  event.event === 'fault' ||
  (event.event === 'step' && (event.state === 'failed' || event.changed > 0))

const isFinished = ({ state }: EventOf<'step'>): boolean => state === 'done' || state === 'failed'

const noteLines = ({ host, text }: EventOf<'note'>, { paint, columns }: Layout): readonly string[] =>
  wrapped(`${host ? `${printable(host)}: ` : ''}${printable(text)}`, columns - 2).map((line, index) =>
    paint.quiet(`${index ? ' ' : '·'} ${line}`),
  )

function finishedLine(step: EventOf<'step'>, at: Layout): string {
  const failed = step.state === 'failed'
  const line = stepLine(failed ? '✗' : '✓', step, at)
  return failed ? at.paint.bad(line) : at.paint.good('✓') + line.slice(1)
}

function unfinished(story: Story, at: Layout, hosts: Layout, now: number): readonly string[] {
  if (!story.run || story.summary) return []
  const spinner = SPINNER[Math.floor(now / 100) % SPINNER.length] ?? ''
  const apart = story.apart ? [] : ['']
  const steps = [...story.steps.values()]
  const running = steps.filter(({ state }) => state === 'running')
  const faults = story.faults.map((fault) => at.paint.bad(cut(`✗ ${faultHeading(fault)}`, at.columns)))
  if (!story.begun || !steps.some((step) => isFinished(step) || step.state === 'running')) {
    const looking = `${spinner} looking at ${count(story.run.hosts, 'host')}`
    return [
      ...apart,
      ...(story.begun ? [] : story.hosts.flatMap((host) => hostLines(host, hosts))),
      ...(story.begun || !story.hosts.length ? [] : ['']),
      wideLine(looking, elapsed(story.startedAt, now), at),
      ...below(story, at),
      ...faults,
    ]
  }
  const waiting = steps.filter(({ state }) => state === 'waiting')
  return [
    ...apart,
    ...running.flatMap((step) => {
      const seconds = Math.floor((now - (story.runningSince.get(step.step) ?? now)) / 1000)
      return [
        at.paint.careful(spinner) + stepLine(' ', { ...step, seconds }, at).slice(1),
        ...below(story, at, step.step),
      ]
    }),
    ...waiting.slice(0, 1).map((step) => waitingLine(step, at)),
    ...(waiting.length > 1 ? [at.paint.quiet(`  … ${waiting.length - 1} more`)] : []),
    ...faults,
  ]
}

// The last line of each host that does something, the latest ones where they are many.
function below(story: Story, at: Layout, step?: string): readonly string[] {
  const several = (story.run?.hosts ?? 1) > 1
  return [...story.doing]
    .filter(([, doing]) => step === undefined || doing.step === step)
    .slice(-BELOW_LINES)
    .map(([host, { line }]) => at.paint.quiet(belowLine(several ? `${host}: ${line}` : line, at)))
}

const elapsed = (since: number, now: number): string => duration(Math.floor((now - since) / 1000))
