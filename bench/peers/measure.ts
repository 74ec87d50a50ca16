import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { Command } from './tool.ts'

/** How one run of a tool went. */
export interface Measured {
  readonly seconds: number
  /** Of the command and all that it started, as the machine really holds it: pages that several share count once. */
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
      peakKib = Math.max(peakKib, proportionalKib(child.pid))
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

// A process that ends while it is looked at had its say in the sample before.
function proportionalKib(pid: number | undefined): number {
  if (pid === undefined) return 0
  try {
    const own = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    )
    return children.reduce((sum, child) => sum + proportionalKib(child), own)
  } catch {
    return 0
  }
}
