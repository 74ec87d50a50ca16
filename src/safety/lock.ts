import { hostname, userInfo } from 'node:os'
import type { ClientChannel } from 'ssh2'
import type { Ended } from '../engine/exec.ts'
import type { Fault } from '../engine/fault.ts'
import type { Remote } from '../engine/remote.ts'
import { lostLock, noLock } from './lock-faults.ts'
import { type Holder, holderOf, lockScript } from './lock-script.ts'

/** A held lock. It is free by itself when we end, or are cut off for 30 s. */
export interface Lock {
  /** Tells others at which step we are. */
  readonly at: (step: string) => void
  readonly release: () => Promise<void>
  /** Aborted, with a Fault as its reason, when the host says that the lock is no longer ours. */
  readonly lost: AbortSignal
}

/** How a lock is taken. */
export interface Taking {
  readonly run: string
  /** The command that was given, for those who find the lock held. */
  readonly purpose: string
  /** Gives up the wait. */
  readonly signal: AbortSignal
  /** Called when a fix of an earlier run still runs on the host; says which, and since when. */
  readonly waits: (what: string) => void
}

const BEAT_MS = 5000
const IMPATIENT_BEAT_MS = 1000
const RELEASE_MS = 3000

/** Who we are, for others. */
export const whoWeAre = (): string => `${userInfo().username}@${hostname()}`

/**
 * Takes the host's lock with one long session (lock-script.ts says what it does there).
 * @returns the lock, or who holds it
 * @throws Fault where neither can be told; the signal's reason where it was aborted meanwhile
 */
export async function takeLock(remote: Remote, taking: Taking): Promise<Lock | Holder> {
  const { run, signal } = taking
  signal.throwIfAborted()
  const session = open(remote, taking)
  const stop = () => session.end()
  signal.addEventListener('abort', stop, { once: true })
  const answer = await session.answer
  signal.removeEventListener('abort', stop)
  if (answer === 'taken' && !signal.aborted) return heldLock(remote.name, session)
  if (signal.aborted) session.end() // it may not have been open yet
  const ended = await session.ended
  signal.throwIfAborted()
  if (session.said().includes(`${run} waiting `)) throw lostLock(remote.name, session.said())
  const held = session.said().indexOf(`${run} held\n`)
  if (held < 0) throw noLock(remote.name, session.said(), ended)
  return holderOf(session.said().slice(held + `${run} held\n`.length))
}

interface Session {
  readonly answer: Promise<'taken' | 'ended'>
  readonly ended: Promise<Ended>
  readonly said: () => string
  readonly at: (step: string) => void
  readonly end: () => void
}

function open(remote: Remote, { run, purpose, waits }: Taking): Session {
  let channel: ClientChannel | undefined
  let said = ''
  let step = ''
  let beats: NodeJS.Timeout | undefined
  const beat = () => channel?.writable && channel.write(`${step}\n`)
  const beatEvery = (ms: number) => {
    clearInterval(beats)
    beats = setInterval(beat, ms)
  }
  let taken: (answer: 'taken') => void
  const answer = new Promise<'taken'>((resolve) => {
    taken = resolve
  })
  const hear = (text: string) => {
    const before = said.length
    said += text
    const lines = said.slice(said.lastIndexOf('\n', before - 1) + 1).split('\n')
    for (const line of lines.slice(0, -1)) {
      if (line === `${run} taken`) {
        beatEvery(BEAT_MS)
        taken('taken')
      } else if (line.startsWith(`${run} waiting `)) {
        if (!beats) waits(line.slice(run.length + 9))
        beatEvery(IMPATIENT_BEAT_MS)
      }
    }
  }
  const ended = remote
    .stream(lockScript({ run, who: whoWeAre(), purpose }), {
      deadlineSeconds: 24 * 3600,
      opened: (opened) => {
        channel = opened
      },
      stdout: (chunk) => hear(chunk.toString()),
      stderr: (chunk) => hear(chunk.toString()),
    })
    .finally(() => clearInterval(beats))
  return {
    answer: Promise.race([answer, ended.then(() => 'ended' as const)]),
    ended,
    said: () => said,
    at: (name) => {
      step = name
      beat()
    },
    end: () => channel?.end(),
  }
}

function heldLock(host: string, session: Session): Lock {
  const lost = new AbortController()
  let released = false
  session.ended.then(
    (ended) => {
      // A host that is cut off says so at its next question or fix, and the others need not stop for it.
      if (!released && !ended.lost) lost.abort(lostLock(host, session.said()) satisfies Fault)
    },
    () => undefined,
  )
  return {
    lost: lost.signal,
    at: session.at,
    release: async () => {
      released = true
      session.end()
      await Promise.race([session.ended, new Promise((late) => setTimeout(late, RELEASE_MS).unref())])
    },
  }
}
