import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Fault } from '../../engine/fault.ts'
import { Kept } from '../../engine/kept.ts'
import type { Job, Said } from './job.ts'

const KEEP_BYTES = 16 * 1024

/** Lets Pulumi do a job in a process of its own, which takes 80 MB with it when it ends. @throws Fault in Pulumi's words */
export async function carryOut(job: Job, signal: AbortSignal, line: (text: string) => void): Promise<void> {
  signal.throwIfAborted()
  const child = spawn(process.execPath, entry(), {
    // What Pulumi's libraries write to a temporary file lies where only the operator reads.
    env: { ...process.env, TMPDIR: job.folder },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
  const printed = new Kept(KEEP_BYTES)
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => printed.push(chunk))
  let said: Said | undefined
  createInterface({ input: child.stdio[3] as Readable }).on('line', (text) => {
    const one = JSON.parse(text) as Said
    if ('line' in one) line(one.line)
    else said = one
  })
  // Its end on stdin tells the child to stop Pulumi in order.
  const stop = () => child.stdin.end()
  signal.addEventListener('abort', stop)
  child.stdin.on('error', () => undefined)
  child.stdin.write(`${JSON.stringify(job)}\n`)
  try {
    await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  } finally {
    signal.removeEventListener('abort', stop)
  }
  signal.throwIfAborted()
  if (said && 'done' in said) return
  if (said && 'fault' in said) {
    const { what, ...parts } = said.fault
    throw new Fault(what, parts)
  }
  throw new Error(`the child in which Pulumi runs ended without a word: ${printed.text()}`)
}

// Beside the bundle, or, run from the sources, this folder's own.
function entry(): readonly string[] {
  const built = fileURLToPath(new URL('pulumi.mjs', import.meta.url))
  if (existsSync(built)) return [built]
  return ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('engine.ts', import.meta.url))]
}
