import { Fault } from '../../engine/fault.ts'

const CREDENTIALS = 'https://login.tailscale.com/admin/settings/trust-credentials'
const KEYS = 'https://login.tailscale.com/admin/settings/keys'

/** The API does not take a call, in words; `oauth`: the access comes from an OAuth client. */
export function refused(what: string, status: number, text: string, oauth: boolean): Fault {
  const said = saidIn(text)
  const parts = { at: what, because: `status ${status}: ${said}` }
  if (status === 401 || what.endsWith('/oauth/token'))
    return oauth
      ? new Fault('Tailscale does not know the OAuth client.', {
          ...parts,
          try: `its id and secret belong together, and it is not revoked? look, or make another: ${CREDENTIALS}`,
        })
      : new Fault('Tailscale does not take the API key.', {
          ...parts,
          try: `it was revoked, is incomplete, or has expired (they last 90 days at most); make another: ${KEYS}`,
        })
  if (status === 400 && /tags?\b/i.test(said))
    return new Fault('An auth key with these tags cannot be made.', {
      ...parts,
      try: `the tailnet must know them (tagOwners in its policy)${oauth ? `, and the OAuth client must have them or own them: ${CREDENTIALS}` : ''}`,
    })
  if (status === 403)
    return new Fault('The access to Tailscale does not reach so far.', {
      ...parts,
      try: oauth
        ? `the OAuth client needs the scopes auth_keys and devices:core, to write, with tailscale.tags: ${CREDENTIALS}`
        : `an API key may do what the person may who made it: an admin of the tailnet makes one at ${KEYS}`,
    })
  return new Fault('Tailscale refused a call.', {
    ...parts,
    try: 'look at https://login.tailscale.com/admin; the same command goes on where this stopped',
  })
}

/** An answer that cannot be what the API's description says. */
export const oddAnswer = (what: string, because: string): Fault =>
  new Fault("Tailscale's API answered something that cannot be read.", {
    at: what,
    because,
    try: 'is TAILSCALE_API_URL right, and is there a proxy between? the same command tries again',
  })

/** The API said again and again that it cannot now. */
export const gaveUp = (what: string, because: string, tries: number): Fault =>
  new Fault("Tailscale's API cannot answer now.", {
    at: what,
    because: `${because}, ${tries} times`,
    try: 'https://status.tailscale.com says whether they know; the same command goes on where this stopped',
  })

/** Nothing answers there. */
export const notReached = (what: string, base: string, because: string, tries: number): Fault =>
  new Fault("Tailscale's API is not reached.", {
    at: what,
    because: `${base}: ${because}, ${tries} times`,
    try: "is this machine's network well? the same command tries again",
  })

/** Whoever listens on the way would have the access. */
export const inClear = (base: string): Fault =>
  new Fault('The access to Tailscale is not sent in clear.', {
    at: 'TAILSCALE_API_URL',
    because: `${base} is no https`,
    try: 'unset TAILSCALE_API_URL, or let it begin with https://',
    exit: 64,
  })

/** A key of Tailscale's tailnet would be shown to another server, which could join with it. */
export const otherServer = (server: string): Fault =>
  new Fault('A key made by Tailscale opens no other tailnet.', {
    at: 'tailscale.loginServer',
    because: `${server} is a control server of your own; apiKey and oauth make keys for Tailscale's alone`,
    try: 'take loginServer out; or write authKey, with a key that your server makes',
    exit: 64,
  })

// {"message": "…"}; of anything else only the beginning.
function saidIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown }
    if (typeof message === 'string') return message.slice(0, 500)
  } catch {
    // Said as it came.
  }
  return text.slice(0, 200) || 'nothing'
}
