import { Fault } from '../engine/fault.ts'

/** An API, as its faults name it. */
export interface ApiNames {
  /** `DigitalOcean`, `Tailscale's API`: what answers. */
  readonly api: string
  /** What whoever listens on the way would have: `The token`. */
  readonly secret: string
  /** The variable that points it elsewhere. */
  readonly variable: string
  /** Address of the page that tells outages. */
  readonly status: string
}

/** The faults of a call that any API may have. Where in a run it was made says whoever made it. */
export const faultsOf = ({ api, secret, variable, status }: ApiNames) => ({
  /** An answer that cannot be what the API's description says. */
  oddAnswer: (what: string, because: string): Fault =>
    new Fault(`${api} answered something that cannot be read.`, {
      because: `${what}: ${because}`,
      try: `is ${variable} right, and is there a proxy between? the same command tries again`,
    }),
  /** The API said again and again that it cannot now. */
  gaveUp: (what: string, because: string, tries: number): Fault =>
    new Fault(`${api} cannot answer now.`, {
      because: `${what}: ${because}, ${tries} times`,
      try: because.startsWith('status 429')
        ? 'too many calls were made with this account in an hour, by whomever: the same command goes on where this stopped, later'
        : `${status} says whether they know; the same command goes on where this stopped`,
    }),
  /** Nothing answers there. */
  notReached: (what: string, base: string, because: string, tries: number): Fault =>
    new Fault(`${api} is not reached.`, {
      because: `${what} at ${base}: ${because}, ${tries} times`,
      try: "is this machine's network well? the same command tries again",
    }),
  /** Whoever listens on the way would have the secret. */
  inClear: (base: string): Fault =>
    new Fault(`${secret} is not sent in clear.`, {
      at: variable,
      because: `${base} is no https`,
      try: `unset ${variable}, or let it begin with https://`,
      exit: 64,
    }),
})

/** What an API says of a refusal, `{"message": "…", "request_id": "…"}`; of anything else only the beginning. */
export function saidIn(text: string): string {
  try {
    const answer = JSON.parse(text) as { readonly message?: unknown }
    if (typeof answer.message === 'string') return `${answer.message.slice(0, 500)}${requestIn(answer)}`
  } catch {
    // Said as it came.
  }
  return text.slice(0, 200) || 'nothing'
}

/** What their support asks for, where an answer has it. */
export function requestIn(answer: unknown): string {
  const { request_id: id } = (answer ?? {}) as { readonly request_id?: unknown }
  return typeof id === 'string' && /^[\w-]{1,100}$/.test(id) ? ` (request ${id})` : ''
}
