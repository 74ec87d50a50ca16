import { randomBytes } from 'node:crypto'

/** A script that goes on stdin of `/bin/sh -s`, and the mark by which its output is told from everybody else's. */
export interface Script {
  readonly nonce: string
  readonly text: string
}

/**
 * Many probes as one script. Each runs in a subshell of its own with nothing on stdin, and its index and exit status
 * stand behind its output, on stdout and on stderr. Without the last mark, END, nothing is known.
 */
export function probeScript(probes: readonly string[], nonce = newNonce()): Script {
  const body = probes.map((probe, index) => `(\n${probe}\n) </dev/null; mark "${index} $?"`)
  return framed(nonce, ['umask 077', ...body].join('\n'))
}

/** Which run may write: the host's lock must still name it when the script has taken the second lock (safety/lock.ts). */
export interface WriterCheck {
  readonly run: string
}

/** The folder of the two locks on a host; on tmpfs, so that no lock outlives a boot. */
export const LOCK_DIRECTORY = '/run/groundwork'

/**
 * Fixes as one script, which stops at the first that fails. `set -e` holds inside each, because nothing around the
 * subshell tests its status. Descriptor 8 is the second lock: held for as long as this shell runs, and not by what it starts.
 * A run that is killed or gives up leaves the fix that runs to its end; the next ones find that the host is no longer theirs.
 */
export function fixScript(fixes: readonly string[], writer: WriterCheck | undefined, nonce = newNonce()): Script {
  const ours = writer ? `${isOurs(writer)} || { mark lost; return 0; }\n` : ''
  const body = fixes.map(
    (fix, index) =>
      `${ours}mark "start ${index}"\n( set -e\n${fix}\n) </dev/null 8>&-; rc=$?; mark "${index} $rc"; [ $rc = 0 ] || return 0`,
  )
  const environment = ['umask 022', 'export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a']
  return framed(nonce, [...environment, ...(writer ? secondLock : []), ...body].join('\n'), unheard)
}

/** Takes the second lock, as descriptor 8, and says whose it is: the shell's process id, and since when. */
export const secondLock: readonly string[] = [
  `exec 8>>${LOCK_DIRECTORY}/acting`,
  'flock 8',
  `echo "$$ $(date -u +%Y-%m-%dT%H:%M:%SZ)" > ${LOCK_DIRECTORY}/acting`,
]

/** Whether the host's lock still names this run: to be asked with the second lock in hand. */
export const isOurs = ({ run }: WriterCheck): string => `[ "$(cat ${LOCK_DIRECTORY}/run 2>/dev/null)" = ${run} ]`

// The body is a function, called bare on the last line: a script cut anywhere runs nothing, and `set -e` keeps its meaning.
// Nor does one whose first line was read by a login profile, as the line of a password would have been.
function framed(nonce: string, body: string, last: readonly string[] = ['main; mark END']): Script {
  const text = `groundwork_script=${nonce}
mark() { printf '\\n${nonce} %s\\n' "$1"; printf '\\n${nonce} %s\\n' "$1" >&2; }
main() {
unset ENV BASH_ENV CDPATH
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME="\${HOME:-/root}"
export PATH LC_ALL HOME
mark BEGIN
${body}
}
[ "$groundwork_script" = ${nonce} ] || { echo 'the first line of our script was taken away' >&2; exit 1; }
${last.join('\n')}
exit 0
`
  return { nonce, text }
}

// Whatever writes when nobody hears it any more is ended by SIGPIPE, apt and dpkg in the middle of a package too. So what
// fixes print goes through a relay, which then swallows it, on stdout and on stderr.
const unheard = [
  'relay() { cat; cat > /dev/null; }',
  '{ { main; mark END; } 2>&1 >&3 3>&- | relay >&2 3>&-; } 3>&1 | relay',
]

const newNonce = (): string => randomBytes(12).toString('hex')
