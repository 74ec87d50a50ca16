import { hostname, userInfo } from 'node:os'
import type { ClientChannel } from 'ssh2'
import { Fault } from '../engine/fault.ts'
import type { Remote } from '../engine/remote.ts'
import { LOCK_DIRECTORY } from '../engine/script.ts'
import { quote } from '../engine/sh.ts'

/** Who holds a host's lock, as it stands on the host. */
export interface Holder {
  readonly run: string
  readonly who: string
  /** ISO 8601, the host's clock. */
  readonly since: string
  readonly step: string
  /** Seconds since the last sign of life, by the host's clock. */
  readonly silentSeconds: number
}

/** A held lock. It is free by itself when we end, or are cut off for 30 s. */
export interface Lock {
  /** Tells others at which step we are. */
  readonly at: (step: string) => void
  readonly release: () => Promise<void>
  /** Rejects with a Fault when the host says that the lock is no longer ours. */
  readonly lost: Promise<never>
}

const BEAT_SECONDS = 5
const DEAD_AFTER_SECONDS = 25

/** The lock's holder, as shell text that prints its fields, a line each, or exits 44. */
const showHolder = `[ -e ${LOCK_DIRECTORY}/holder ] || exit 44
cat ${LOCK_DIRECTORY}/holder
echo $(( $(date +%s) - $(stat -c %Y ${LOCK_DIRECTORY}/holder) ))`

/**
 * Takes the host's lock with one long session. dash's `read` knows no time-out, so each beat is read by a
 * `timeout` of its own; whatever ends this shell frees the lock, because nothing else holds descriptor 9.
 * @returns the lock, or who holds it
 */
export async function takeLock(remote: Remote, run: string): Promise<Lock | Holder> {
  let channel: ClientChannel | undefined
  let said = ''
  const answered = deferred<string>()
  const ended = remote.stream(lockScript(run, `${userInfo().username}@${hostname()}`), {
    deadlineSeconds: 24 * 3600,
    opened: (opened) => {
      channel = opened
    },
    stdout: (chunk) => {
      said += chunk.toString()
      if (/^(taken|held)$/m.test(said)) answered.resolve(said)
    },
    stderr: (chunk) => {
      said += chunk.toString()
    },
  })
  void ended.then(() => answered.resolve(said)).catch((error: unknown) => answered.reject(error))
  const answer = await answered.promise
  if (!/^taken$/m.test(answer)) {
    await ended
    if (!/^held$/m.test(said)) throw noLock(remote.name, said)
    return holderOf(said.slice(said.indexOf('held\n') + 5))
  }
  return heldLock(remote.name, ended, () => channel)
}

function heldLock(host: string, ended: Promise<unknown>, channel: () => ClientChannel | undefined): Lock {
  let step = ''
  let released = false
  const beat = () => channel()?.write(`${step}\n`)
  const beats = setInterval(beat, BEAT_SECONDS * 1000)
  const lost = ended.then(() => {
    clearInterval(beats)
    if (released) return new Promise<never>(() => undefined)
    throw new Fault(`The lock on ${host} was lost.`, {
      at: host,
      because: 'the connection was cut, or somebody broke the lock',
      try: 'the same command goes on where this stopped',
      exit: 75,
    })
  })
  lost.catch(() => undefined) // it is raced against; whoever races it hears it
  return {
    lost,
    at: (name) => {
      step = name
      beat()
    },
    release: async () => {
      released = true
      clearInterval(beats)
      channel()?.end()
      await Promise.race([ended, new Promise((late) => setTimeout(late, 3000).unref())])
    },
  }
}

// A new holder waits for the second lock once: what an earlier run still does on this host has then ended.
function lockScript(run: string, who: string): string {
  return `umask 077
mkdir -p ${LOCK_DIRECTORY} && cd ${LOCK_DIRECTORY} || exit 1
exec 9>>lock
flock -n 9 || { echo held; (${showHolder}); exit 0; }
since=$(date -u +%Y-%m-%dT%H:%M:%SZ)
hold() { printf '%s\\n' ${quote(run)} ${quote(who)} "$since" "$1" > holder; }
hold ''
echo ${quote(run)} > run
flock 8 8>>acting
printf '%s %s %s\\n' "$since" ${quote(who)} ${quote(run)} >> /var/log/groundwork.log
echo taken
while step=$(timeout ${DEAD_AFTER_SECONDS} sh -c 'IFS= read -r step && printf "%s" "$step"' 9>&-); do hold "$step"; done
rm -f holder run
`
}

function holderOf(text: string): Holder {
  const [run = '', who = 'somebody', since = '', step = '', silent = '0'] = text.split('\n')
  return { run, who, since, step, silentSeconds: Number(silent) }
}

/** Somebody else is changing this host: exit status 75. */
export const heldBy = (host: string, holder: Holder, command: string): Fault =>
  new Fault(
    `${host} is being changed by ${holder.who} since ${holder.since}${holder.step ? `, step ${holder.step}` : ''}.`,
    {
      at: host,
      because: `the lock's last sign of life was ${holder.silentSeconds} s ago; a holder that is gone loses it within 30 s`,
      try: `wait for it:  ${command} --wait`,
      exit: 75,
    },
  )

const noLock = (host: string, said: string): Fault =>
  new Fault(`The lock on ${host} cannot be taken.`, {
    at: host,
    because: said.trim() || 'the host said nothing',
    try: `look at ${LOCK_DIRECTORY} on ${host}`,
  })

function deferred<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((ok, no) => {
    resolve = ok
    reject = no
  })
  return { promise, resolve, reject }
}
