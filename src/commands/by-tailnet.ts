import { connect } from 'node:net'
import { askTexts } from '../engine/ask-texts.ts'
import { Fault } from '../engine/fault.ts'
import type { HostWish, Org } from '../inventory/org.ts'
import type { Endpoint } from '../provision/provider.ts'
import type { Pin, WayIn } from './way-in.ts'

/** A host that was entered, by whichever way. */
export interface Entered extends WayIn {
  readonly wish: HostWish
  readonly endpoint: Endpoint
  /** At its address in the tailnet. */
  readonly inTailnet: boolean
}

// Who is not in the tailnet gets no answer at all from its addresses.
const ANSWER_MS = 3000

/** Enters a host at its address in the tailnet; undefined: it is not to be had there, which `note` is told. Its key must be the pinned one. */
export async function byTailnet(
  org: Pick<Org, 'file' | 'ssh'>,
  host: HostWish,
  endpoint: Endpoint,
  pin: Pin,
  address: string,
  note: (text: string) => void,
): Promise<WayIn | undefined> {
  const old = (because: string) => note(`is not entered by the tailnet (${address}): ${because}; the old way is used`)
  if (!(await answers(address, org.ssh.port))) return void old('no answer')
  const { wayIn } = await import('./way-in.ts')
  try {
    return await wayIn(org, host, { ...endpoint, tailnet: address }, pin)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return void old(error.message)
  }
}

/**
 * The hosts that were entered at their address in the tailnet, just now or by this run: the next run comes that way.
 * Nothing is closed for it.
 */
export async function provenInTailnet(
  org: Pick<Org, 'file' | 'ssh'>,
  met: readonly Entered[],
  note: (host: string, text: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const proven = await Promise.all(
    met.map(async ({ wish, endpoint, remote, destination, fingerprint, inTailnet }) => {
      if (inTailnet) return [[wish.name, destination.address] as const]
      const [answer] = await askTexts(remote, ['tailscale ip -4'], { as: 'login' })
      const address = answer?.kind === 'text' ? (answer.text.split('\n')[0] ?? '') : ''
      if (!/^(\d{1,3}\.){3}\d{1,3}$/.test(address)) return []
      const pin = { fingerprint, source: 'this run' }
      const way = await byTailnet(org, wish, endpoint, pin, address, (text) => note(wish.name, text))
      if (!way) return []
      way.remote.close()
      note(wish.name, `was entered by the tailnet (${address}): the next run comes that way; the old way stays open`)
      return [[wish.name, address] as const]
    }),
  )
  return new Map(proven.flat())
}

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: ANSWER_MS })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
