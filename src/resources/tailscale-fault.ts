import type { Explained } from '../engine/resource.ts'
import { TAILSCALE_SERVER } from '../inventory/check-tailscale.ts'

/** What a login that failed means, from the words of `tailscale up` and of the control servers (tailscale.com, headscale). */
export function tailscaleFault(said: string, server: string): Explained | undefined {
  const because = said.trim().split('\n').slice(-6).join('\n')
  const mint =
    server === TAILSCALE_SERVER
      ? 'make a new one at https://login.tailscale.com/admin/settings/keys'
      : `make a new one at ${server}; with headscale:  headscale preauthkeys create`
  const again = `${mint}, put it where tailscale.authKey says, and run again`
  for (const [words, what] of REFUSED)
    if (words.test(said)) return { what, because, try: what.includes('tags') ? TAGS : again }
  if (/within 60 s|timeout waiting|context deadline|connection refused|no such host|lookup .* on/i.test(said))
    return {
      what: 'The host could not log in to its tailnet in 60 s.',
      because,
      try: `does the host reach ${server}?  curl -sS ${server}/key?v=1; journalctl -u tailscaled`,
    }
  return undefined
}

const TAGS = 'let the key have these tags, and the tailnet know them (tagOwners in its policy)'

const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/tags? .*(not permitted|invalid)|invalid.*tags?/i, 'The auth key may not give these tags.'],
  [/auth ?key.*already.*used|already.*used|key.*(is|been) used/i, 'The auth key was used up: it was for one host.'],
  [/auth ?key.*expired|expired.*auth ?key|key has expired/i, 'The auth key has expired.'],
  [
    /invalid (auth ?)?key|auth ?key.*(not found|not valid|does not exist)|API key .*(not|in)valid|key does not exist/i,
    'The auth key is not valid: expired, used up, revoked, or mistyped.',
  ],
]
