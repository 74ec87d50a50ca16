import { quote } from '../engine/sh.ts'
import type { Org } from '../inventory/org.ts'
import type { Colours } from './colours.ts'
import { printable } from './printable.ts'
import { padded, width } from './width.ts'

/** A command to type next, and what it is for. */
export interface Hint {
  readonly word: string
  readonly command: string
  readonly remark?: string
}

/** What to type after a run that succeeded. `command` is how groundwork was called. */
export function hints({ file, hosts }: Pick<Org, 'file' | 'hosts'>, command = 'npx tsx bootstrap.ts'): readonly Hint[] {
  const run = `${command} --inventory ${quote(file)}`
  const sandboxes = hosts.filter(({ provider }) => provider === 'sandbox')
  const [first] = sandboxes
  return [
    { word: 'again', command: run, remark: 'repairs drift; 2 s if none' },
    { word: 'look', command: `${run} --plan` },
    ...(first
      ? [
          {
            word: 'take away',
            command: `${command} sandbox down ${quote(first.name)} --inventory ${quote(file)}`,
            ...(sandboxes.length > 1 && {
              remark: `and so: ${sandboxes
                .slice(1)
                .map((host) => host.name)
                .join(', ')}`,
            }),
          },
        ]
      : []),
  ]
}

/** The hints under each other; a remark that does not fit behind its command stands below it. */
export function hintLines(all: readonly Hint[], columns: number, paint: Colours): readonly string[] {
  return all.flatMap(({ word, command, remark }) => {
    const line = `${padded(word, LABEL)}${printable(command)}`
    const painted = `${paint.quiet(padded(word, LABEL))}${printable(command)}`
    if (!remark) return [painted]
    const said = paint.quiet(printable(remark))
    return width(line) + 3 + width(remark) <= columns ? [`${painted}   ${said}`] : [painted, ' '.repeat(LABEL) + said]
  })
}

const LABEL = 12
