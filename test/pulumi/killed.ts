import { readdirSync, readFileSync } from 'node:fs'

/** Kills the one command that this test runs, with all that it has started, at once: nothing of it gets to its end. */
export function killRun(): void {
  const all = processes()
  const below = (pid: number): readonly number[] =>
    all.filter(({ parent }) => parent === pid).flatMap((one) => [one.pid, ...below(one.pid)])
  const runs = below(process.pid).filter((pid) => commandOf(pid).includes('bin/groundwork.mjs'))
  for (const pid of runs.flatMap((run) => [run, ...below(run)])) kill(pid)
}

const processes = (): readonly { readonly pid: number; readonly parent: number }[] =>
  readdirSync('/proc').flatMap((name) => {
    const [, parent] = /^\d+ \(.*\) \S (\d+)/s.exec(/^\d+$/.test(name) ? textOf(`/proc/${name}/stat`) : '') ?? []
    return parent === undefined ? [] : [{ pid: Number(name), parent: Number(parent) }]
  })

const commandOf = (pid: number): string => textOf(`/proc/${pid}/cmdline`)

// It may have ended in this moment.
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
