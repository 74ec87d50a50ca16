import type { Ended } from '../engine/exec.ts'
import { Fault } from '../engine/fault.ts'
import { LOCK_DIRECTORY } from '../engine/script.ts'
import { DEAD_AFTER_SECONDS, type Holder } from './lock-script.ts'

/** Somebody else is changing this host: exit status 75. `command` is the one that was given, without its flags. */
export const heldBy = (host: string, holder: Holder, command: string): Fault =>
  new Fault(`${host} is being changed by ${holderWords(holder)}.`, {
    because: 'one run at a time; a holder that is gone loses the lock within 30 s',
    try: `wait      add --wait\nlook      ${command.replace(' --', ' lock show --')}`,
    exit: 75,
  })

/** `ana@laptop since 21:04:12 UTC (2 min ago), run --only data, step data, last sign of life 3 s ago`. */
export const holderWords = ({ who, since, sinceSeconds, purpose, step, silentSeconds }: Holder): string =>
  [
    `${who}${since && ` since ${clock(since)} UTC (${ago(sinceSeconds)} ago)`}`,
    ...(purpose ? [purpose] : []),
    ...(step ? [`step ${step}`] : []),
    ...(since ? [`last sign of life ${ago(silentSeconds)} ago`] : []),
  ].join(', ')

// The report's own words lie above this.
const ago = (seconds: number): string =>
  seconds < 60 ? `${seconds} s` : seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`

const clock = (iso: string): string => iso.replace(/^.*T([\d:]+)Z$/, '$1')

/** The host says that the lock is no longer ours: exit status 75. `said` is all that the lock's session said. */
export function lostLock(host: string, said: string): Fault {
  const broken = /^\S+ broken (.*)$/m.exec(said)?.[1]
  const silent = /^\S+ silent$/m.test(said)
  return new Fault(broken ? `${broken} broke the lock on ${host}.` : `The lock on ${host} was lost.`, {
    at: host,
    because: broken
      ? 'this run stopped before its next fix'
      : silent
        ? `the host heard nothing from here for ${DEAD_AFTER_SECONDS} s (did this computer sleep?), and this run stopped before its next fix`
        : 'the process that held it on the host was ended, and this run stopped before its next fix',
    try: 'the same command goes on where this stopped',
    exit: 75,
  })
}

/** The lock's session ended without a word that we know. */
export const noLock = (host: string, said: string, { lost }: Ended): Fault =>
  new Fault(`The lock on ${host} cannot be taken.`, {
    at: host,
    because: lost ? 'the connection was lost' : said.trim() || 'the host said nothing',
    try: lost ? 'the same command goes on where this stopped' : `look at ${LOCK_DIRECTORY} on ${host}`,
  })
