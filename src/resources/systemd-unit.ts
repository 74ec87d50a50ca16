import { type Change, type Resource, resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'

/** What else is to be so of a unit. */
export interface UnitWish {
  /** Restarted when one of these files is newer than its start: also after a run that died between the two. */
  readonly restartAfter?: readonly string[]
  /** `static` for units that cannot be enabled. */
  readonly file?: 'enabled' | 'static'
  /** What stops for a moment when it restarts. */
  readonly interrupts?: string
}

/** A unit that is enabled, runs (or waits, for a timer), is not masked, and runs with the files that are there. */
export const systemdUnit = (
  unit: string,
  { restartAfter = [], file = 'enabled', interrupts }: UnitWish = {},
): Resource => {
  const ask = look(unit, restartAfter)
  return resource({
    name: `unit ${unit}`,
    desired: { UnitFileState: file, ActiveState: 'active', NeedDaemonReload: 'no', restart: 'not needed' },
    actual: {
      UnitFileState: { ask, read: (answer) => property(answer, 'UnitFileState') },
      ActiveState: { ask, read: (answer) => property(answer, 'ActiveState') },
      NeedDaemonReload: { ask, read: (answer) => property(answer, 'NeedDaemonReload') },
      restart: { ask, read: (answer) => restartNeeded(answer, restartAfter) },
    },
    fix: (changes) => repair(unit, changes),
    interrupts,
  })
}

const look = (unit: string, files: readonly string[]): Sh =>
  sh`systemctl show --timestamp=us+utc --property=LoadState,UnitFileState,ActiveState,NeedDaemonReload,ExecMainStartTimestamp ${unit} || exit
for file in ${files.length ? files : ['']}; do [ ! -e "$file" ] || stat -c '%.6Y %n' -- "$file" || exit; done`

function repair(unit: string, changes: Readonly<Record<string, Change | undefined>>): Sh {
  const start = changes.restart || changes.NeedDaemonReload ? sh`restart` : sh`start`
  const wholly = changes.ActiveState || changes.restart || changes.NeedDaemonReload
  return sh`
    systemctl daemon-reload
    systemctl unmask --quiet ${unit}; systemctl unmask --quiet --runtime ${unit}
    ${changes.UnitFileState?.to === 'enabled' ? sh`systemctl enable --quiet ${unit}` : sh`:`}
    systemctl reset-failed ${unit} 2>/dev/null || true
    ${wholly ? sh`systemctl ${start} ${unit} || { systemctl status --no-pager --lines=8 ${unit} >&2; exit 1; }` : sh`:`}`
}

const property = (answer: string, name: string): string | undefined =>
  new RegExp(`^${name}=(.+)$`, 'm').exec(answer)?.[1]

// A file that is missing will be written, and is then newer.
function restartNeeded(answer: string, files: readonly string[]): string {
  if (property(answer, 'ActiveState') !== 'active') return 'not needed'
  const started = seconds(property(answer, 'ExecMainStartTimestamp') ?? '')
  const written = new Map([...answer.matchAll(/^(\d+\.\d+) (\/.*)$/gm)].map(([, time, file]) => [file, Number(time)]))
  const missing = files.find((file) => !written.has(file))
  if (missing) return `needed: ${missing} is missing`
  const newer = files.find((file) => (written.get(file) ?? 0) > started)
  return newer ? `needed: ${newer} is newer` : 'not needed'
}

/** Seconds since 1970 of systemd's `Tue 2026-11-24 03:33:07.058598 UTC`. */
function seconds(timestamp: string): number {
  const match = /^\w+ (\S+) (\d\d:\d\d:\d\d)(\.\d+)? UTC$/.exec(timestamp)
  return match ? Date.parse(`${match[1]}T${match[2]}Z`) / 1000 + Number(match[3] ?? 0) : Number.NaN
}
