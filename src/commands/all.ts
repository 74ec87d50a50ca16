import { homedir } from 'node:os'
import { basename } from 'node:path'
import pLimit from 'p-limit'
import { Fault } from '../engine/fault.ts'
import { labelColumns, plainLine, rowOf, statusLine, tableHead } from '../report/all.ts'
import { count, duration } from '../report/words.ts'
import { type Ended, runAlone } from './alone.ts'
import type { RunOptions } from './options.ts'
import { type Organization, organizationsIn } from './organizations.ts'
import { stopTogether } from './stop-together.ts'

const AT_ONCE = 4

// The first is the best; what a run may end with otherwise counts as a failure.
const FROM_BEST_TO_WORST = [0, 2, 75, 64, 1, 130]

/**
 * Every organization of a folder, each in a process of its own, four at once; one row an organization.
 * @returns the worst exit status
 */
export async function all(options: RunOptions): Promise<number> {
  if (options.host.length)
    throw new Fault('--host and --all do not go together.', {
      because: 'a host belongs to one organization',
      try: `npx tsx bootstrap.ts --inventory FILE --host ${options.host[0]}`,
      exit: 64,
    })
  const started = performance.now()
  const organizations = organizationsIn(options.inventory)
  const columns = labelColumns(organizations.map(labelOf))
  const status = statusLine(process.stdout)
  const write = options.json ? (line: string) => process.stdout.write(`${line}\n`) : status.above
  if (!options.json)
    for (const line of tableHead(organizations.length, options.inventory, columns, options.plan)) write(line)

  const stopping = new AbortController()
  const stop = stopTogether(stopping)
  const atOnce = pLimit(AT_ONCE)
  const ended = await Promise.all(
    organizations.map((one) =>
      atOnce(async () => {
        if (stopping.signal.aborted) return undefined
        const end = await runAlone(one, organizations, options, stop, (event, line) => {
          if (options.json) write(line)
          else if (event.event === 'step' && event.state === 'running') status.see(labelOf(one), event.step)
        })
        if (options.json) return end
        status.see(labelOf(one), undefined)
        write(rowOf(labelOf(one), end, columns, homedir()))
        return end
      }),
    ),
  )
  stop.done()
  const exit = stopping.signal.aborted ? 130 : worst(ended.map((end) => end?.exit ?? 130))
  const seconds = (performance.now() - started) / 1000
  if (options.json)
    write(
      JSON.stringify({
        event: 'all',
        time: new Date().toISOString(),
        organizations: organizations.length,
        seconds,
        exit,
      }),
    )
  else for (const line of ending(organizations, ended, seconds)) write(line)
  return exit
}

const labelOf = ({ name, file }: Organization): string => name ?? basename(file)

const worst = (exits: readonly number[]): number =>
  exits
    .map((exit) => (FROM_BEST_TO_WORST.includes(exit) ? exit : 1))
    .reduce((one, other) => (FROM_BEST_TO_WORST.indexOf(other) > FROM_BEST_TO_WORST.indexOf(one) ? other : one), 0)

function ending(
  organizations: readonly Organization[],
  ended: readonly (Ended | undefined)[],
  seconds: number,
): readonly string[] {
  const of = (...exits: number[]) => ended.filter((end) => end && exits.includes(end.exit)).length
  const notBegun = ended.filter((end) => !end).length
  const failed = organizations.flatMap((one, index) => {
    const end = ended[index]
    return end && ![0, 2, 130].includes(end.exit)
      ? [plainLine(`${labelOf(one)}: ${end.fault ?? `ended with ${end.exit}`}`)]
      : []
  })
  const parts = [
    ...(of(0) ? [`${of(0)} in sync`] : []),
    ...(of(2) ? [`${of(2)} to change`] : []),
    ...(failed.length ? [`${failed.length} failed`] : []),
    ...(of(130) ? [`${of(130)} interrupted`] : []),
    ...(notBegun ? [`${notBegun} not begun`] : []),
  ]
  return [
    '',
    ...failed,
    ...(failed.length ? [''] : []),
    `${count(organizations.length, 'organization')}: ${parts.join(', ')} · ${duration(seconds)}`,
  ]
}
