import type { EventOf } from './reader.ts'
import { count, duration, size } from './words.ts'

type Summary = EventOf<'summary'>

/** Nothing differed, nothing was done. */
export const isInSync = ({ changed, failed, unknown, exit }: Summary): boolean =>
  changed + failed + unknown === 0 && exit === 0

/** `63 resources in sync · 1 connection, 2 sessions · 0.6 s` */
export const inSyncWords = ({ resources, connections, sessions, seconds }: Summary): string =>
  [
    `${count(resources, 'resource')} in sync`,
    `${count(connections, 'connection')}, ${count(sessions, 'session')}`,
    duration(seconds),
  ].join(' · ')

/** `3 to change, 60 in sync, 0 unknown` */
export const planWords = ({ changed, inSync, failed, unknown }: Summary): string =>
  [`${changed} to change`, `${inSync} in sync`, `${unknown} unknown`, ...(failed ? [`${failed} failed`] : [])].join(
    ', ',
  )

/** `63 resources: 55 changed, 8 in sync · 84 MiB downloaded in 21 s` */
export function doneWords(summary: Summary): string {
  const { resources, changed, inSync, failed, unknown, downloadedBytes, downloadSeconds } = summary
  const parts = [`${changed} changed`, `${inSync} in sync`]
  if (failed) parts.push(`${failed} failed`)
  if (unknown) parts.push(`${unknown} unknown`)
  const download = downloadedBytes ? ` · ${size(downloadedBytes)} downloaded in ${duration(downloadSeconds)}` : ''
  return `${count(resources, 'resource')}: ${parts.join(', ')}${download}`
}

/** `cloud 41 s · first contact 16 s · steps 1 min 50 s`; nothing where a run had only hosts. */
export const phaseWords = ({ phases = [] }: Summary): string =>
  phases.map(({ phase, seconds }) => `${phase} ${duration(seconds)}`).join(' · ')

/** How an interrupted run ended; `left`: with a fix under way on a host. */
export const interruptedWords = (done: number, steps: number, left: boolean): string =>
  `interrupted after ${done} of ${count(steps, 'step')}${
    left ? ', in the middle of a fix.' : '; nothing is half-written.'
  } The same command goes on from here.`

/** Whether an interrupted run left something under way on its hosts. */
export const leftSomething = (interrupt: EventOf<'interrupt'> | undefined): boolean =>
  interrupt?.state !== 'finishing' && interrupt?.fix !== undefined

/** What a person reads at the first Ctrl-C, when a fix takes too long, and at the second. */
export const interruptWords = ({ state, fix }: EventOf<'interrupt'>): string => {
  if (state === 'left') return `${fix} takes longer: the host finishes it, and the next run waits for that.`
  if (state === 'stopped')
    return `^C stopping at once.${fix === undefined ? '' : ` The host finishes ${fix}, and the next run waits for that.`}`
  if (fix === undefined) return '^C stopping; nothing is being changed. Ctrl-C again stops at once.'
  return `^C finishing the current fix (${fix}), then stopping. Ctrl-C again stops at once.`
}
