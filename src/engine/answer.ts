import type { Fault } from './fault.ts'

/** What a question brought: a text, "there is none", or not knowing, which is an answer too. */
export type Answer =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'none' }
  /** `fault`: what was thrown instead of an answer, and says itself what to do. */
  | { readonly kind: 'unknown'; readonly because: string; readonly fault?: Fault }

/** The exit status by which a probe says that there is none. */
export const NONE_EXIT = 44

const LONGEST_REASON = 1000

/** Reads an answer, in this one place: exit 0 is the text without its last newlines, 44 is none, all else is unknown. */
export function readAnswer(exit: number, stdout: string, stderr: string): Answer {
  if (exit === 0) return { kind: 'text', text: stdout.replace(/\n+$/, '') }
  if (exit === NONE_EXIT) return { kind: 'none' }
  const said = (stderr.trim() || stdout.trim()).slice(-LONGEST_REASON).split('\n').slice(-3).join(' · ')
  return unknown(said ? `${said} (exit ${exit})` : `the probe ended with exit ${exit}`)
}

export const unknown = (because: string, fault?: Fault): Answer => ({
  kind: 'unknown',
  because,
  ...(fault && { fault }),
})
