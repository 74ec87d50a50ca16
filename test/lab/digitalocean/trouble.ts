import type { ServerResponse } from 'node:http'
import { setTimeout as later } from 'node:timers/promises'

/** What happens to a call instead of its answer, or around it. */
export type Trouble = Told | Slow | Held | 'cut before' | 'cut after' | 'half'

/** It is answered so, and not carried out, unless said. */
interface Told {
  readonly status: number
  readonly retryAfter?: number
  /** When the limit is full again, in so many seconds: in a header of its own. */
  readonly resetSeconds?: number
  readonly message?: string
  /** A page, as something in front of the API shows it. */
  readonly html?: string
  readonly carriedOut?: true
}

/** It is carried out, and answered so much later. */
interface Slow {
  readonly afterSeconds: number
}

/** It is never answered, and carried out before the test hears of it, never, or some time after. */
interface Held {
  readonly held: 'carried out' | 'never' | 'late'
  readonly seen?: () => void
}

const LATE_SECONDS = 2

/** Does to a call what the trouble is; `carryOut` gives the status and the JSON text of its answer. */
export async function withTrouble(
  trouble: Trouble | undefined,
  response: ServerResponse,
  carryOut: () => { readonly status: number; readonly text: string },
): Promise<void> {
  const send = ({ status, text }: { readonly status: number; readonly text: string }, type = 'application/json') => {
    response.writeHead(status, { 'content-type': type })
    response.end(text)
  }
  const cut = () => void response.socket?.destroy()
  if (trouble === undefined) return send(carryOut())
  if (trouble === 'cut before') return cut()
  if (trouble === 'cut after') {
    carryOut()
    return cut()
  }
  if (trouble === 'half') {
    const { status, text } = carryOut()
    return send({ status, text: text.slice(0, Math.floor(text.length / 2)) })
  }
  if ('held' in trouble) {
    if (trouble.held === 'carried out') carryOut()
    trouble.seen?.()
    if (trouble.held === 'late') await later(LATE_SECONDS * 1000).then(carryOut)
    return
  }
  if ('afterSeconds' in trouble) {
    const reply = carryOut()
    await later(trouble.afterSeconds * 1000)
    return send(reply)
  }
  const { status, retryAfter, resetSeconds, message = 'trouble', html } = trouble
  if (trouble.carriedOut) carryOut()
  if (resetSeconds !== undefined) response.setHeader('ratelimit-reset', Math.round(Date.now() / 1000) + resetSeconds)
  if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter))
  if (html !== undefined) return send({ status, text: html }, 'text/html')
  send({ status, text: JSON.stringify({ id: 'trouble', message, request_id: REQUEST_ID }) })
}

/** What support asks for, in every error. */
export const REQUEST_ID = '4d9d8375-3c56-4925-a3e7-eb137fed17e9'
