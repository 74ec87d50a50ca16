import { spawn } from 'node:child_process'
import { setTimeout as later } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'

/** Somebody at a terminal. */
export interface Terminal {
  /** Waits until this text is on the screen, behind what was waited for before. */
  readonly until: (text: string) => Promise<void>
  /** Presses these keys. */
  readonly type: (keys: string) => void
  readonly ended: Promise<number | null>
  /** All that was shown, without colours. */
  readonly screen: () => string
}

/** Starts a command on a terminal of its own, 120 columns wide, which `script` (bsdutils) makes. */
export function terminal(
  command: string,
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Terminal {
  const child = spawn(
    'script',
    ['--quiet', '--return', '--flush', '--command', `stty columns 120 rows 40; exec ${command}`, '/dev/null'],
    {
      cwd: options.cwd,
      env: { ...process.env, TERM: 'xterm', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  )
  let shown = ''
  let from = 0
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (shown += chunk))
  const screen = () => stripVTControlCharacters(shown)
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return {
    ended,
    screen,
    type: (keys) => void child.stdin.write(keys),
    until: async (text) => {
      for (let tries = 0; ; tries++) {
        const at = screen().indexOf(text, from)
        if (at >= 0) {
          from = at + text.length
          return
        }
        if (tries > 750 || child.exitCode !== null) throw new Error(`never shown: ${text}\n${screen()}`)
        await later(20)
      }
    },
  }
}
