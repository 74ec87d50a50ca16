import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Event } from '../engine/event.ts'
import { Fault } from '../engine/fault.ts'
import { stateDirectory } from '../engine/places.ts'
import { jsonLine } from '../report/json.ts'
import { plainReader } from '../report/plain.ts'
import type { EventOf } from '../report/reader.ts'
import type { RunOptions } from './options.ts'
import type { Organization } from './organizations.ts'
import type { Stopping } from './stop-together.ts'

/** How a run of one of several organizations ended. */
export interface Ended {
  readonly exit: number
  /** undefined: it did not come to begin. */
  readonly summary: EventOf<'summary'> | undefined
  /** The first thing that went wrong, in one line. */
  readonly fault: string | undefined
  readonly seconds: number
  /** Everything it said. */
  readonly log: string
}

/**
 * Runs one organization in a process of its own, which shares nothing with the others: what it says goes into a log of its
 * own, and secrets that only others take from the environment are not in it.
 * @param see gets each event, and the line of JSON that it is, with `org`
 */
export async function runAlone(
  one: Organization,
  all: readonly Organization[],
  options: RunOptions,
  stop: Stopping,
  see: (event: Event, line: string) => void,
): Promise<Ended> {
  const started = performance.now()
  const log = logOf(one)
  makeFolder(dirname(log))
  const file = createWriteStream(log, { mode: 0o600 })
  const reader = plainReader(file, { verbose: true })
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...wordsFor(one, options)], {
    env: environmentOf(one, all),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  stop.add(child)
  let summary: EventOf<'summary'> | undefined
  let fault: string | undefined
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = eventIn(line)
    if (!event) {
      said += `${line}\n`
      return
    }
    if (event.event === 'summary') summary = event
    if (event.event === 'fault')
      fault ??= event.at && !event.what.includes(event.at) ? `${event.at}: ${event.what}` : event.what
    reader.report(event)
    // The run itself names its organization already.
    see(event, event.event === 'run' ? line : withOrg(one, line))
  })
  const exit = await new Promise<number>((resolve, reject) =>
    child.on('error', reject).on('close', (code) => resolve(code ?? 1)),
  )
  reader.end()
  if (said) {
    file.write(said)
    const [first = ''] = said.trim().split('\n')
    fault ??= first.replace(/^✗ /, '')
    const event: Event = { event: 'fault', what: said.trim() }
    see(event, withOrg(one, jsonLine(event, Date.now()).trim()))
  }
  await new Promise((written) => file.end(written))
  return { exit, summary, fault, log, seconds: (performance.now() - started) / 1000 }
}

const withOrg = ({ name, file }: Organization, line: string): string =>
  `{"org":${JSON.stringify(name ?? basename(file))},${line.slice(1)}`

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Fault('The log of a run cannot be written.', { at: folder, because: (error as Error).message })
  }
}

function eventIn(line: string): Event | undefined {
  try {
    return JSON.parse(line) as Event
  } catch {
    return undefined // not of a run: it goes into the log as it is
  }
}

/** `all.log` in the organization's state directory: the last one. */
const logOf = ({ name, file }: Organization): string =>
  name === undefined ? join(stateDirectory(), `${basename(file)}.log`) : join(stateDirectory(name), 'all.log')

const wordsFor = ({ file }: Organization, { plan, only, yes, wait }: RunOptions): readonly string[] => [
  `--inventory=${file}`,
  '--json',
  ...(plan ? ['--plan'] : []),
  ...(only === undefined ? [] : [`--only=${only}`]),
  ...(yes ? ['--yes'] : []),
  ...(wait ? ['--wait'] : []),
]

/** The environment of one run: without the variables from which only others take a secret. */
export function environmentOf(
  one: Pick<Organization, 'variables'>,
  all: readonly Pick<Organization, 'variables'>[],
): NodeJS.ProcessEnv {
  const env = { ...process.env }
  for (const name of all.flatMap(({ variables }) => variables)) if (!one.variables.includes(name)) delete env[name]
  return env
}
