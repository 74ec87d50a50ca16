import type { Host } from '../inventory/org.ts'
import { askTexts, type Remotes } from './ask.ts'
import { carry } from './carry.ts'
import { Fault } from './fault.ts'
import { type FixFailed, fixFault } from './fix-fault.ts'
import { Frames } from './frames.ts'
import { Kept } from './kept.ts'
import { lostLock } from './lost-lock.ts'
import type { Remote } from './remote.ts'
import type { Carry, Fix, Resource } from './resource.ts'
import { fixScript, isOurs } from './script.ts'
import { borrowed, type OnHost, running, type Sh } from './sh.ts'

/** One resource's fix, and who it is for the person who reads a fault. */
export interface Work {
  readonly resource: string
  readonly fix: Fix
  readonly explain?: Resource['explain']
}

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

const FIX_SECONDS = 1800
const KEEP_BYTES = 64 * 1024

/** One thing to run in one place. */
interface Unit {
  readonly resource: string
  readonly where: Host
  readonly explain: Resource['explain']
  readonly run: Sh | Carry | ((signal: AbortSignal) => Promise<void>)
}

/**
 * Applies the fixes in their order, equal ones once; neighbours on the same host go as one script.
 * @throws Fault that names the fix at which it stopped
 */
export async function apply(host: Host, step: string, works: readonly Work[], tools: Tools): Promise<void> {
  const at = (resource: string, where: Host) => `${where.name} › ${step} › ${resource}`
  for (const units of neighbours(unique(works.flatMap((work) => unitsOf(host, work))))) {
    tools.signal.throwIfAborted()
    const [first] = units
    if (!first) continue
    tools.begins(first.where, first.resource)
    if (typeof first.run === 'function') {
      await mustBeOurs(first.where, tools)
      await first.run(tools.signal)
    } else if ('stream' in first.run)
      await carry(first.run.stream, at(first.resource, first.where), tools.remotes, tools.run)
    else await applyScript(first.where, units, at, tools)
  }
}

function unitsOf(host: Host, { resource, fix, explain }: Work): readonly Unit[] {
  if (typeof fix === 'function') return [{ resource, where: host, explain, run: fix }]
  if (Array.isArray(fix))
    return (fix as readonly Fix[]).flatMap((part) => unitsOf(host, { resource, fix: part, explain }))
  const one = fix as Sh | OnHost | Carry
  return 'on' in one
    ? [{ resource, where: one.on, explain, run: one.sh }]
    : [{ resource, where: host, explain, run: one }]
}

function unique(units: readonly Unit[]): readonly Unit[] {
  const seen = new Set<unknown>()
  return units.filter(({ where, run }) => {
    const key =
      typeof run === 'function' || 'stream' in run
        ? run
        : `${where.name}\n${running(run, ({ on, sh }) => `${on.name} ${running(sh)}`)}`
    return !seen.has(key) && seen.add(key)
  })
}

function neighbours(units: readonly Unit[]): readonly (readonly Unit[])[] {
  const groups: Unit[][] = []
  for (const unit of units) {
    const last = groups.at(-1)?.[0]
    if (last && isText(last) && isText(unit) && last.where.name === unit.where.name) groups.at(-1)?.push(unit)
    else groups.push([unit])
  }
  return groups
}

const isText = (unit: Unit): unit is Unit & { readonly run: Sh } => typeof unit.run === 'object' && 'parts' in unit.run

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

type Outcome =
  | { readonly done: true }
  | (FixFailed & {
      readonly done: false
      readonly index: number
      /** The host's lock is no longer this run's. */
      readonly lost: boolean
    })

/** Runs fixes as one script. Done only if every one of them said so. */
export async function runFixes(
  remote: Remote,
  texts: readonly string[],
  run: string | undefined,
  line: (text: string) => void,
  begins: (index: number) => void = () => undefined,
): Promise<Outcome> {
  const script = fixScript(texts, run === undefined ? undefined : { run })
  let index = 0
  let exit: number | undefined
  let lost = false
  let ended = false
  let said = new Kept(KEEP_BYTES)
  let saidBy = -1
  // Either stream may come first: what a fix says is kept from the first mark of it, on whichever.
  const listen = (words: string) => {
    const [first, number] = words.split(' ')
    if (first !== 'start' || Number(number) <= saidBy) return
    saidBy = Number(number)
    said = new Kept(KEEP_BYTES)
  }
  const lines = lineReader(line)
  const out = new Frames(script.nonce, {
    bytes: (bytes) => {
      said.push(bytes)
      lines(bytes)
    },
    mark: (words) => {
      listen(words)
      const [first, second] = words.split(' ')
      if (words === 'lost') lost = true
      else if (words === 'END') ended = true
      else if (first === 'start') {
        index = Number(second)
        exit = undefined
        begins(index)
      } else if (words !== 'BEGIN') exit = Number(second)
    },
  })
  const err = new Frames(script.nonce, {
    bytes: (bytes) => {
      said.push(bytes)
      lines(bytes)
    },
    mark: listen,
  })
  const { lost: connection, stopped } = await remote.run(script.text, {
    deadlineSeconds: FIX_SECONDS,
    stdout: (chunk) => out.push(chunk),
    stderr: (chunk) => err.push(chunk),
  })
  if (ended && !lost && exit === 0 && index === texts.length - 1) return { done: true }
  const late = stopped === 'deadline'
  return { done: false, index, exit: ended ? exit : undefined, said: said.text(), lost, connection, late }
}

// A fix may hold what another host knows: asked just before, treated as a secret.
async function resolved(text: Sh, remotes: Remotes): Promise<string> {
  const answers = new Map<OnHost, string>()
  for (const from of borrowed(text)) {
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

function lineReader(line: (text: string) => void): (bytes: Buffer) => void {
  let rest = ''
  const decoder = new TextDecoder()
  return (bytes) => {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split(/[\r\n]+/)
    rest = (parts.pop() ?? '').slice(-1000)
    for (const part of parts) if (part.trim()) line(part)
  }
}
