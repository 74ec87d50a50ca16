import type { Host } from '../inventory/org.ts'
import { askTexts } from './ask-texts.ts'
import { carry } from './carry.ts'
import { Fault } from './fault.ts'
import { faultAt, toldAt } from './fault-at.ts'
import { fixFault } from './fix-fault.ts'
import { lostLock } from './lost-lock.ts'
import type { Remote, Remotes } from './remote.ts'
import type { Step } from './resource.ts'
import { FIX_SECONDS, runFixes } from './run-fixes.ts'
import { isOurs } from './script.ts'
import { type Borrowed, borrowed, running, type Sh } from './sh.ts'
import { isText, type Unit, unitsOf, type Work } from './units.ts'

/** What the fixes of a step need besides themselves. */
export interface Tools {
  readonly remotes: Remotes
  readonly run: string
  /** A fix begins on a host. */
  readonly begins: (host: Host, resource: string) => void
  /** Each whole line that a fix prints. */
  readonly line: (host: Host, text: string) => void
  readonly signal: AbortSignal
}

/**
 * Applies the fixes in their order, equal ones once; neighbours on the same host go as one script.
 * @throws Fault that names the fix at which it stopped
 */
export async function apply(host: Host, step: Pick<Step, 'id'>, works: readonly Work[], tools: Tools): Promise<void> {
  const at = (resource: string, where: Host) => faultAt(where, step, resource)
  for (const units of unitsOf(host, works)) {
    tools.signal.throwIfAborted()
    const [first] = units
    if (!first) continue
    tools.begins(first.where, first.resource)
    if (typeof first.run === 'function') {
      await mustBeOurs(first.where, tools)
      const { run } = first
      await toldAt(at(first.resource, first.where), tools.signal, () => run(tools.signal))
    } else if ('stream' in first.run)
      await carry(first.run.stream, at(first.resource, first.where), tools.remotes, tools.run)
    else await applyScript(first.where, units, at, tools)
  }
}

async function applyScript(
  where: Host,
  units: readonly Unit[],
  at: (resource: string, where: Host) => string,
  tools: Tools,
): Promise<void> {
  const remote = reached(where, tools.remotes)
  const texts: string[] = []
  for (const unit of units) if (isText(unit)) texts.push(await resolved(unit.run, tools.remotes))
  const outcome = await runFixes(
    remote,
    texts,
    tools.run,
    (line) => tools.line(where, line),
    (index) => tools.begins(where, units[index]?.resource ?? ''),
  )
  if (outcome.done) return
  // Who was asked to stop has given the lock back, so that the host stops behind the fix that ran.
  if (outcome.lost) tools.signal.throwIfAborted()
  if (outcome.lost) throw lostLock(where.name)
  const unit = units[outcome.index]
  throw fixFault(at(unit?.resource ?? '', where), outcome, FIX_SECONDS, unit?.explain)
}

// A fix that runs here writes nothing on the host whose lock it needs, so the host is asked just before.
async function mustBeOurs(where: Host, { remotes, run }: Tools): Promise<void> {
  const remote = remotes(where)
  if (!remote) return
  const [answer] = await askTexts(remote, [`${isOurs({ run })}`])
  if (answer?.kind !== 'text') throw lostLock(where.name)
}

// A fix may hold what another host knows, or what is read here: asked just before, treated as a secret.
async function resolved(text: Sh, remotes: Remotes): Promise<string> {
  const answers = new Map<Borrowed, string>()
  for (const from of borrowed(text)) {
    if ('readHere' in from) {
      answers.set(from, (await from.readHere()).reveal())
      continue
    }
    const [answer] = await askTexts(reached(from.on, remotes), [running(from.sh)])
    if (answer?.kind !== 'text') {
      throw new Fault(`${from.on.name} did not answer what another host needs of it.`, {
        at: from.on.name,
        because: answer?.kind === 'unknown' ? answer.because : 'there is none',
      })
    }
    answers.set(from, answer.text)
  }
  return running(text, (from) => answers.get(from) ?? '')
}

export function reached(host: Host, remotes: Remotes): Remote {
  const remote = remotes(host)
  if (!remote) throw new Fault(`${host.name} is not reached, and this needs it.`, { at: host.name })
  return remote
}
