import type { Answer } from '../engine/answer.ts'
import { questionOf } from '../engine/plan.ts'
import { type Changes, type Probe, type Resource, resource } from '../engine/resource.ts'
import { Secret } from '../engine/secret.ts'
import { type Sh, sh } from '../engine/sh.ts'

/** What else is to be so of a unit. */
export interface UnitWish {
  /**
   * It runs with what these say. A restart is needed when one of them is about to change; and when a file is newer than the
   * unit's start, which also finds what a run that died between the two left undone. Files are resources, or paths of others' files.
   */
  readonly restartAfter?: readonly (Resource | string)[]
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
  const resources = restartAfter.filter((one) => typeof one !== 'string')
  const ask = look(unit, restartAfter.map(pathOf).filter(Boolean))
  const property = (name: string): Probe => ({ ask, read: (answer) => propertyOf(answer, name) })
  return resource<string>({
    name: `unit ${unit}`,
    desired: {
      UnitFileState: file,
      ActiveState: 'active',
      NeedDaemonReload: 'no',
      restart: NOT_NEEDED,
      ...Object.fromEntries(resources.map(({ name }) => [`restart after ${name}`, NOT_NEEDED])),
    },
    actual: {
      UnitFileState: property('UnitFileState'),
      ActiveState: property('ActiveState'),
      NeedDaemonReload: property('NeedDaemonReload'),
      restart: { ask, read: newerFile },
      ...Object.fromEntries(resources.map((one) => [`restart after ${one.name}`, afterChange(one)])),
    },
    fix: (changes) => repair(unit, changes),
    interrupts,
  })
}

const NOT_NEEDED = 'not needed'

const pathOf = (one: Resource | string): string =>
  typeof one === 'string' ? one : one.name.startsWith('file /') ? one.name.slice(5) : ''

const look = (unit: string, files: readonly string[]): Sh => {
  const shown = sh`${show} ${unit}`
  if (!files.length) return { ...shown, together: { ask: sh`${show} "$@"`, word: unit, answers: blocks } }
  return sh`${shown} || exit
for file in ${files}; do [ ! -e "$file" ] || stat -c '%.6Y %n' -- "$file" || exit; done`
}

const show = sh`systemctl show --timestamp=us+utc --property=LoadState,UnitFileState,ActiveState,NeedDaemonReload,ExecMainStartTimestamp`

// Each unit's properties, one unit behind the other.
const blocks = (text: string): readonly Answer[] => text.split(/\n\n+/).map((block) => ({ kind: 'text', text: block }))

// Mode and owner do not matter to what runs; what else the first question tells does. It is the other resource's own, so it is asked once.
function afterChange({ desired, actual }: Resource): Probe {
  const about = (key: string) => actual[key] && questionOf(actual[key])
  const keys = Object.keys(desired).filter(
    (key, _, [main = '']) => key !== 'mode' && key !== 'owner' && about(key) === about(main),
  )
  const part = (key: string, answer: string): string | undefined => {
    const probe = actual[key]
    return typeof probe === 'object' && 'read' in probe ? probe.read(answer) : answer
  }
  const first = actual[keys[0] ?? '']
  if (!first) throw new TypeError('A unit restarts after a resource that has no keys.')
  return {
    ask: questionOf(first),
    read: (answer) => (keys.every((key) => part(key, answer) === textOf(desired[key])) ? NOT_NEEDED : 'needed'),
  }
}

const textOf = (value: string | Secret | undefined): string | undefined =>
  value instanceof Secret ? value.reveal() : value

function repair(unit: string, changes: Changes<string>): Sh {
  const masked = changes.UnitFileState?.from?.startsWith('masked')
  const restarts =
    Object.keys(changes).some((key) => key.startsWith('restart')) || changes.NeedDaemonReload !== undefined
  return sh`
    pid=$(systemctl show --property=MainPID --value ${unit})
    if [ "\${pid:-0}" != 0 ] && ! systemctl is-active --quiet ${unit}; then
      echo ${`systemd has lost sight of ${unit}, which runs; a start would fail and a kill can crash systemd: restart the host`} >&2; exit 1
    fi
    ${masked ? sh`systemctl unmask --quiet ${unit}; systemctl unmask --quiet --runtime ${unit}` : sh`:`}
    ${changes.UnitFileState?.to === 'enabled' ? enable(unit) : sh`:`}
    ${restarts || changes.ActiveState ? sh`systemctl daemon-reload; systemctl reset-failed ${unit} 2>/dev/null || true` : sh`:`}
    systemctl ${restarts ? 'restart' : 'start'} ${unit} || { systemctl status --no-pager --lines=8 ${unit} >&2; exit 1; }`
}

// systemd 257 loses sight of a running unit when its alias comes back (seen with ssh.service and sshd.service), and
// crashes when that unit then ends. A unit with an alias is therefore stopped for as long as it is being enabled.
const enable = (unit: string): Sh => sh`
    if grep -qs '^Alias=' "$(systemctl show --property=FragmentPath --value ${unit})"; then systemctl stop ${unit}; fi
    systemctl enable --quiet ${unit}`

const propertyOf = (answer: string, name: string): string | undefined =>
  new RegExp(`^${name}=(.+)$`, 'm').exec(answer)?.[1]

function newerFile(answer: string): string {
  if (propertyOf(answer, 'ActiveState') !== 'active') return NOT_NEEDED
  const started = seconds(propertyOf(answer, 'ExecMainStartTimestamp') ?? '')
  const newer = [...answer.matchAll(/^(\d+\.\d+) (\/.*)$/gm)].find(([, time]) => Number(time) > started)
  return newer ? `needed: ${newer[2]} is newer` : NOT_NEEDED
}

/** Seconds since 1970 of systemd's `Tue 2026-11-24 03:33:07.058598 UTC`. */
function seconds(timestamp: string): number {
  const match = /^\w+ (\S+) (\d\d:\d\d:\d\d)(\.\d+)? UTC$/.exec(timestamp)
  return match ? Date.parse(`${match[1]}T${match[2]}Z`) / 1000 + Number(match[3] ?? 0) : Number.NaN
}
