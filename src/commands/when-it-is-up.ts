import { setTimeout as later } from 'node:timers/promises'
import { Fault } from '../engine/fault.ts'

/** How long a host that was just made may take, and how often it is tried. */
export interface Patience {
  readonly upSeconds: number
  /** The key may be put in later than sshd starts. */
  readonly keySeconds: number
  readonly pollSeconds: readonly [first: number, last: number]
  // sshd counts failed logins of an address for 5 s each and shuts it out from 15 s on (PerSourcePenalties): at most
  // three a round, and the round's count is down to nothing before the next one.
  readonly loginSeconds: number
}

const patience: Patience = { upSeconds: 300, keySeconds: 120, pollSeconds: [1, 5], loginSeconds: 16 }

/**
 * Tries again while a host that was just made comes up: its sshd may be late, and its key later still.
 * Never for a host that was there before: its refusal is an answer.
 * @param note told once for each reason to wait
 * @throws Fault of the last try
 */
export async function whenItIsUp<Way>(
  enter: () => Promise<Way>,
  note: (text: string) => void,
  { upSeconds, keySeconds, pollSeconds, loginSeconds }: Patience = patience,
): Promise<Way> {
  const started = performance.now()
  let [pause] = pollSeconds
  let told = ''
  let refusedAt: number | undefined
  for (;;) {
    try {
      return await enter()
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      const now = performance.now()
      const refused = error.kind === 'login refused'
      if (refused) refusedAt ??= now
      const until = refused ? (refusedAt ?? now) + keySeconds * 1000 : started + upSeconds * 1000
      const wait = (refused ? loginSeconds : pause) * 1000
      if (!(refused || error.kind === 'not reachable' || error.kind === 'busy') || now + wait > until) throw error
      if (told !== error.because) note(`is not up yet: ${error.because?.split('\n')[0]}`)
      told = error.because ?? ''
      await later(wait)
      pause = Math.min(pause * 1.5, pollSeconds[1])
    }
  }
}
