import { LOCK_DIRECTORY } from '../engine/script.ts'
import { quote } from '../engine/sh.ts'

/** Who holds a host's lock, as it stands on the host. */
export interface Holder {
  readonly run: string
  readonly who: string
  /** The command that was given: `run --only firewall`. */
  readonly purpose: string
  /** ISO 8601, the host's clock. */
  readonly since: string
  readonly step: string
  /** By the host's uptime, which no clock jumps. */
  readonly sinceSeconds: number
  readonly silentSeconds: number
}

/** Who wants the lock, and what for. */
export interface Claim {
  /** A name for the run, of letters, digits and dashes. */
  readonly run: string
  readonly who: string
  readonly purpose: string
}

/** How long a holder may be silent: it beats every 5 s, and its own connection ends within 20 s of a cut. */
export const DEAD_AFTER_SECONDS = 25

// What a fix shell that outlived its run does now: the last of its children that still has a name, and since when. Exit 44: nothing.
const doing = `name_of() { tr '\\0\\n' '  ' < "/proc/$1/cmdline" 2>/dev/null | cut -c 1-120; }
doing() {
[ -s acting ] && read -r pid began < acting && [ -d "/proc/$pid" ] || return 44
last=$pid doing=$(name_of "$pid")
while next=$(cat "/proc/$last/task/$last/children" 2>/dev/null) && next=\${next%% *} && [ "$next" ] && name=$(name_of "$next") && [ "$name" ]; do
  last=$next doing=$name
done
printf '%s (pid %s, since %s)\\n' "$doing" "$last" "$began"
}`

// The holder's fields, a line each; exit 44: there is none, or its shell is gone.
const look = `look() {
[ -e holder ] || return 44
{ IFS= read -r run; IFS= read -r who; IFS= read -r purpose; IFS= read -r since; IFS= read -r step
  IFS= read -r pid; IFS= read -r began; IFS= read -r heard; } < holder && [ -d "/proc/$pid" ] || return 44
read -r now rest < /proc/uptime
printf '%s\\n' "$run" "$who" "$purpose" "$since" "$step" $(( \${now%.*} - \${began%.*} )) $(( \${now%.*} - \${heard%.*} ))
}`

/**
 * Holds the lock for as long as lines come in on stdin, and says how it goes: `RUN held` and the holder's lines;
 * `RUN waiting` and for what; `RUN taken`; at the end `RUN broken` and by whom, or `RUN silent`. dash's `read` knows no
 * time-out, so each beat is read by a `timeout` of its own. Whatever ends this shell frees the lock, because nothing
 * else holds descriptor 9. The name of the run is written before the second lock is waited for: a fix shell of an
 * earlier run either has that lock, and is waited for, or finds another name.
 */
export const lockScript = ({ run, who, purpose }: Claim): string => `umask 077
${look}
${doing}
say() { printf '%s %s\\n' ${quote(run)} "$*"; }
hold() {
read -r now rest < /proc/uptime
printf '%s\\n' ${quote(run)} ${quote(who)} ${quote(purpose)} "$since" "$step" "$$" "$began" "$now" > holder.new
mv -f holder.new holder
}
hear() { step=$(timeout ${DEAD_AFTER_SECONDS} sh -c 'IFS= read -r step && printf "%s" "$step"' 9>&-); }
leave() {
rm -f holder run
if [ -e broken ]; then say "broken $(cat broken)"; rm -f broken; elif [ "$1" = 124 ]; then say silent; fi
exit 0
}
main() {
mkdir -p ${LOCK_DIRECTORY} && cd ${LOCK_DIRECTORY} || exit 1
exec 9>>lock
tries=0
until flock -n 9; do
  # Between two holders nobody may have a name yet, or any more.
  if holder=$(look) || [ $tries = 10 ]; then say held; printf '%s\\n' "$holder"; exit 0; fi
  tries=$((tries + 1))
  sleep 0.2
done
since=$(date -u +%Y-%m-%dT%H:%M:%SZ) step=
read -r began rest < /proc/uptime
rm -f broken
hold
echo ${quote(run)} > run.new
mv -f run.new run
until flock -n 8 8>>acting; do
  say "waiting $(doing)"
  hear || leave $?
  hold
done
printf '%s %s %s\\n' "$since" ${quote(who)} ${quote(run)} >> /var/log/groundwork.log
say taken
while hear || leave $?; do hold; done
}
main
`

/** As shell text: the holder's lines, and behind them what still acts; exit 44 where the lock is free. */
export const showScript = `cd ${LOCK_DIRECTORY} 2>/dev/null || exit 44
${look}
look`

/** As shell text: what a fix shell does now; exit 44: nothing. */
export const doingScript = `cd ${LOCK_DIRECTORY} 2>/dev/null || exit 44
${doing}
doing`

/** Ends this run's hold, whose shell says by whom before it goes. Exit 44: it holds the lock no more. */
export const breakScript = (run: string, who: string): string => `cd ${LOCK_DIRECTORY} 2>/dev/null || exit 44
umask 077
${look}
ends() { for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do ends "$child"; kill "$child" 2>/dev/null; done; }
gone() { for try in 1 2 3 4 5 6 7 8 9 10; do [ -d "/proc/$pid" ] || return 0; sleep 0.2; done; return 1; }
broken=${quote(run)}
look > /dev/null && [ "$run" = "$broken" ] || exit 44
printf '%s\n' ${quote(who)} > broken
ends "$pid"
gone || { kill -9 "$pid"; gone; } || { echo "process $pid does not end" >&2; exit 1; }
flock -n lock rm -f holder run broken || :
printf '%s %s broke the lock of %s\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" ${quote(who)} "$broken" >> /var/log/groundwork.log
echo broken`

/** Reads what `look` printed. */
export function holderOf(text: string): Holder {
  const [run = '', who = '', purpose = '', since = '', step = '', age = '', silent = ''] = text.split('\n')
  return {
    run,
    who: who || 'somebody',
    purpose,
    since,
    step,
    sinceSeconds: Number(age) || 0,
    silentSeconds: Number(silent) || 0,
  }
}
