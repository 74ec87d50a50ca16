import { readFileSync } from 'node:fs'

/** A pid of this machine is a program that began no later than `by`: a number comes back, for another one, after a restart at the latest. */
export function isRunning(pid: number, by: Date): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const stat = fileOf(`/proc/${pid}/stat`)
  // The second field is the program's name in parentheses, which may hold anything; the third is the state, the 22nd the start.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // It has ended, and nobody has waited for it yet.
  if (fields[0] === 'Z') return false
  const secondsUp = Number.parseFloat(fileOf('/proc/uptime'))
  const began = Date.now() - (secondsUp - Number(fields[19]) / TICKS_A_SECOND) * 1000
  // Elsewhere than on Linux nothing of it is known.
  return !(began > by.getTime() + CLOCKS_DIFFER_MS)
}

const TICKS_A_SECOND = 100
const CLOCKS_DIFFER_MS = 5000

function fileOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
