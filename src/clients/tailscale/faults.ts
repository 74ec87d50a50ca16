import { Fault } from '../../engine/fault.ts'
import { faultsOf, saidIn } from '../api-faults.ts'

const CREDENTIALS = 'https://login.tailscale.com/admin/settings/trust-credentials'
const KEYS = 'https://login.tailscale.com/admin/settings/keys'

/** The API does not take a call, in words; `oauth`: the access comes from an OAuth client. */
export function refused(what: string, status: number, text: string, oauth: boolean): Fault {
  const said = saidIn(text)
  const parts = { because: `${what}: status ${status}: ${said}` }
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

export const { oddAnswer, gaveUp, notReached, inClear } = faultsOf({
  api: "Tailscale's API",
  secret: 'The access to Tailscale',
  variable: 'TAILSCALE_API_URL',
  status: 'https://status.tailscale.com',
})

/** A key of Tailscale's tailnet would be shown to another server, which could join with it. */
export const otherServer = (server: string): Fault =>
  new Fault('A key made by Tailscale opens no other tailnet.', {
    at: 'tailscale.loginServer',
    because: `${server} is a control server of your own; apiKey and oauth make keys for Tailscale's alone`,
    try: 'take loginServer out; or write authKey, with a key that your server makes',
    exit: 64,
  })
