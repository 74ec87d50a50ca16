import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What a command of groundwork came to. */
export interface Came {
  readonly exit: number | null
  readonly out: string
  readonly err: string
  readonly seconds: number
  /** The same without the start of Node, which a busy machine makes as long as it likes: from the first word on. */
  readonly secondsFromFirstWord: number
  /** The most memory that it held at once; 0 where the system does not tell. */
  readonly peakMiB: number
}

/** What is run: the built command, or that of a script in TypeScript. */
const BUILT = ['bin/groundwork.mjs']
const script = (path: string): readonly string[] => ['--import', 'tsx', path]

/** Runs the one command as a person would, with a state directory of its own and no terminal; `entry`: another script that is it. */
export function groundwork(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  entry?: string,
): Promise<Came> {
  const command = [...(entry === undefined ? BUILT : script(entry)), ...words]
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, {
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    let peakMiB = 0
    const watch = setInterval(() => {
      peakMiB = Math.max(peakMiB, highWaterMiB(child.pid))
    }, 50)
    let firstWord: number | undefined
    child.stdout.on('data', (chunk) => {
      firstWord ??= performance.now()
      out += chunk
    })
    child.stderr.on('data', (chunk) => (err += chunk))
    child.on('error', reject)
    child.on('close', (exit) => {
      clearInterval(watch)
      const now = performance.now()
      const secondsFromFirstWord = (now - (firstWord ?? started)) / 1000
      resolve({ exit, out, err, peakMiB, secondsFromFirstWord, seconds: (now - started) / 1000 })
    })
  })
}

function highWaterMiB(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0 // it has just ended, or this system has no /proc
  }
}
