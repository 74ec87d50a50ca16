import { resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'

const TOLERANCE_SECONDS = 300

/** The host's clock agrees with the operator's: with a wrong one certificates are "not yet valid". Afterwards the host keeps time by itself. */
export const clock = () =>
  resource({
    name: 'clock',
    desired: { time: 'as ours' },
    actual: { time: { ask: sh`date -u +%s`, read: (answer) => difference(Number(answer) - Date.now() / 1000) } },
    fix: () => sh`date -u --set ${`@${Math.floor(Date.now() / 1000)}`} >/dev/null`,
  })

const difference = (seconds: number): string =>
  Math.abs(seconds) < TOLERANCE_SECONDS
    ? 'as ours'
    : `${Math.abs(Math.round(seconds))} s ${seconds > 0 ? 'ahead' : 'behind'}`
