import { spawn } from 'node:child_process'

/** What a command of groundwork came to. */
export interface Came {
  readonly exit: number | null
  readonly out: string
  readonly err: string
  readonly seconds: number
}

/** Runs the one command as a person would, with a state directory of its own and no terminal. */
export function groundwork(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  built = true,
): Promise<Came> {
  const command = built ? ['bin/groundwork.mjs', ...words] : ['--import', 'tsx', 'bootstrap.ts', ...words]
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, {
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (err += chunk))
    child.on('error', reject)
    child.on('close', (exit) => resolve({ exit, out, err, seconds: (performance.now() - started) / 1000 }))
  })
}
