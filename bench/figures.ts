import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

/** On what, and when, something was measured. */
export interface Machine {
  readonly date: string
  readonly processor: string
  readonly cores: number
  readonly memoryGib: number
  readonly node: string
  /** Fewer runs than a whole measurement has. */
  readonly quick: boolean
}

/** What bench/peers.ts keeps. */
export interface PeerFigures extends Machine {
  readonly host: string
  readonly tools: readonly { readonly name: string; readonly version: string; readonly settings: readonly string[] }[]
  readonly results: readonly PeerResult[]
}

export interface PeerResult {
  readonly scenario: string
  readonly title: string
  readonly tool: string
  readonly seconds: readonly number[]
  readonly peakMiB: number
  readonly connections: number
  readonly sessions: number
  readonly roundTrips?: number
}

/** What bench/times.ts keeps. Seconds. */
export interface TimeFigures extends Machine {
  readonly release: string
  readonly firstRun: FirstRun | undefined
  readonly secondSandbox: FirstRun
  readonly inSyncBuilt: readonly number[]
  readonly inSyncNpx: readonly number[]
  readonly inSyncWords: string
}

export interface FirstRun {
  readonly seconds: number
  /** What had to be fetched or made before: 'nothing cached', 'base and packages cached'. */
  readonly cached: string
  readonly downloadedMib: number
  readonly downloadSeconds: number
}

const FOLDER = 'docs/benchmarks'

export const thisMachine = (quick: boolean): Machine => ({
  date: new Date().toISOString().slice(0, 10),
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGib: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  quick,
})

/** Keeps what was measured, for the page. */
export function keep(name: 'peers' | 'times', figures: PeerFigures | TimeFigures): void {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(`${FOLDER}/${name}.json`, `${JSON.stringify(figures, undefined, 1)}\n`)
}

/** What was kept; undefined where nothing was measured yet. */
export function kept<Figures>(name: 'peers' | 'times'): Figures | undefined {
  const file = `${FOLDER}/${name}.json`
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Figures) : undefined
}

export const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((one, other) => one - other)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}
