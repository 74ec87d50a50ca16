import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Command } from './tool.ts'

/** How one run of a tool went. */
export interface Measured {
  readonly seconds: number
  /** Of the command and all that it started; pages that several of them share count once. */
  readonly peakMiB: number
  readonly output: string
}

const SAMPLE_MS = 50

/** Runs a command and measures it. @throws with the end of its output where it fails */
export function measure({ argv, cwd, env }: Command, signal: AbortSignal): Promise<Measured> {
  const [program, ...words] = argv
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(program, words, {
      cwd,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    })
    const output: Buffer[] = []
    let peakKib = 0
    const sampling = setInterval(() => {
      peakKib = Math.max(peakKib, kib(child.pid, 'Rss'), treeKib(child.pid))
    }, SAMPLE_MS)
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    child.on('error', (error) => {
      clearInterval(sampling)
      reject(error)
    })
    child.on('close', (exit) => {
      clearInterval(sampling)
      const seconds = (performance.now() - started) / 1000
      const text = Buffer.concat(output).toString('utf8')
      if (exit === 0) resolve({ seconds, peakMiB: peakKib / 1024, output: text })
      else reject(new Error(`${argv.join(' ')}\nended with ${exit}:\n${text.slice(-3000)}`))
    })
  })
}

// Programs that run anyway (another node) share pages as well: what the command holds alone is the least that it counts.
function treeKib(pid: number | undefined): number {
  return childrenOf(pid).reduce((sum, child) => sum + treeKib(child), kib(pid, 'Pss'))
}

function kib(pid: number | undefined, what: 'Rss' | 'Pss'): number {
  return Number(new RegExp(`^${what}:\\s+(\\d+)`, 'm').exec(whileThere(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)
}

const childrenOf = (pid: number | undefined): readonly number[] =>
  whileThere(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)

// A process that ends while it is looked at had its say in the sample before.
function whileThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
