import { spawn } from 'node:child_process'
import { Fault } from '../../engine/fault.ts'

/** What a program on this machine answered. */
export interface Answer {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** Input for a program, and an open file (a held lock) that lives as long as the program does. */
export interface Given {
  readonly input?: string
  readonly holding?: number
}

// Root's PATH after `su` has no sbin, where ip, nft and mount's helpers live.
const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`,
  LC_ALL: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
})

/** Runs a program on this machine and tells how it ended; exit 127 where there is no such program. */
export function answerOf(program: string, words: readonly string[], given: Given = {}): Promise<Answer> {
  return new Promise((resolve) => {
    const child = spawn(program, words, {
      env: environment(),
      stdio: ['pipe', 'pipe', 'pipe', ...(given.holding === undefined ? [] : [given.holding])],
    })
    const heard = { stdout: '', stderr: '' }
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      heard.stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      heard.stderr += text
    })
    child.on('error', (error) => resolve({ exit: 127, stdout: '', stderr: error.message }))
    child.on('close', (exit) => resolve({ exit: exit ?? 128, ...heard }))
    // A program that does not read its input may be gone already; its exit status tells.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(given.input ?? '')
  })
}

/** What a program on this machine printed. @throws Fault with its last lines if it failed. */
export async function run(program: string, words: readonly string[], given: Given = {}): Promise<string> {
  const { exit, stdout, stderr } = await answerOf(program, words, given)
  if (exit === 0) return stdout
  throw new Fault('A command on this machine failed.', {
    at: [program, ...words].join(' ').slice(0, 300),
    because: lastLines(stderr || stdout, 12) || `it ended with exit status ${exit}`,
    try: 'run the same command again by hand; groundwork itself goes on from here when run again',
  })
}

/** The last lines of what something printed, without empty ones. */
export const lastLines = (text: string, count: number): string =>
  text
    .split('\n')
    .filter((line) => line.trim())
    .slice(-count)
    .join('\n')
