import { join } from 'node:path'
import { proxy } from '../../test/lab/proxy.ts'
import type { BenchHost } from './host.ts'
import { type Measured, measure } from './measure.ts'
import type { Scenario } from './scenarios.ts'
import type { Command, Tool, Way } from './tool.ts'
import { wish } from './wish.ts'

/** What one tool's runs of a scenario came to. */
export interface Result {
  readonly scenario: Scenario
  readonly tool: Tool
  readonly seconds: readonly number[]
  readonly peakMiB: number
  /** Of one run, by the log of sshd. */
  readonly connections: number
  readonly sessions: number
  /** The most of any run, where a proxy counted them. */
  readonly roundTrips: number | undefined
}

interface Place {
  readonly host: BenchHost
  /** An own directory for what the tools write. */
  readonly directory: string
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** Runs all tools of a scenario in turns: one run of each, then the next of each. */
export async function compare(scenario: Scenario, tools: readonly Tool[], place: Place): Promise<readonly Result[]> {
  const { host, say } = place
  const { address, between } = await wayTo(scenario, host)
  try {
    const way: Way = { ...host, ...address }
    const wanted = wish(scenario.resources)
    const commands = new Map(
      tools
        .filter(({ name }) => scenario.runs[name])
        .map((tool) => [tool, tool.prepare(join(place.directory, scenario.id, folder(tool)), wanted, way)] as const),
    )
    // Uncounted: it makes the host as wished, and what a tool keeps beside its inventory is there from then on.
    if (!scenario.first)
      for (const [tool, command] of commands)
        if (tool.cheap && (scenario.runs[tool.name] ?? 0) > 1) await oneRun(tool, command, place, undefined)
    const runs = new Map<Tool, Counted[]>([...commands.keys()].map((tool) => [tool, []]))
    for (let round = 0; round < Math.max(...Object.values(scenario.runs)); round++) {
      for (const [tool, command] of commands) {
        if (round >= (scenario.runs[tool.name] ?? 0)) continue
        if (scenario.first) await host.forget(wanted)
        await host.logged()
        const before = between?.passed().roundTrips ?? 0
        const measured = await oneRun(tool, command, place, !scenario.first)
        const roundTrips = between && between.passed().roundTrips - before
        const logged = await host.logged()
        runs.get(tool)?.push({ ...measured, ...logged, roundTrips })
        say(
          `${scenario.title.padEnd(42)} ${tool.name.padEnd(20)} ${measured.seconds.toFixed(2).padStart(7)} s  ${String(logged.sessions).padStart(5)} sessions${roundTrips === undefined ? '' : `  ${roundTrips} round trips`}`,
        )
      }
    }
    return [...runs].map(([tool, counted]) => ({
      scenario,
      tool,
      seconds: counted.map(({ seconds }) => seconds),
      peakMiB: Math.max(...counted.map(({ peakMiB }) => peakMiB)),
      connections: counted.at(-1)?.connections ?? 0,
      sessions: counted.at(-1)?.sessions ?? 0,
      roundTrips: between && Math.max(...counted.map(({ roundTrips }) => roundTrips ?? 0)),
    }))
  } finally {
    await between?.close()
  }
}

interface Counted extends Measured {
  readonly connections: number
  readonly sessions: number
  readonly roundTrips: number | undefined
}

async function wayTo({ roundTripMs, hosts }: Scenario, host: BenchHost) {
  const addresses = host.addresses.slice(0, hosts)
  if (!roundTripMs) return { address: { addresses, port: host.port }, between: undefined }
  const between = await proxy({ address: addresses[0] ?? '', port: host.port }, { roundTripMs })
  return { address: { addresses: ['127.0.0.1'], port: between.port }, between }
}

// A run in sync that found something to change would be measured as what it is not.
async function oneRun(tool: Tool, command: Command, { signal }: Place, inSync: boolean | undefined): Promise<Measured> {
  const measured = await measure(command, signal)
  tool.settle?.(command)
  if (inSync && !command.inSync(measured.output))
    throw new Error(`${tool.name} found something to change:\n${measured.output.slice(-3000)}`)
  return measured
}

const folder = ({ name }: Tool): string => name.replace(/[^A-Za-z]+/g, '-').toLowerCase()
