import { Secret } from '../../engine/secret.ts'
import { TAILSCALE_SERVER } from '../../inventory/check-tailscale.ts'
import type { TailscaleWish } from '../../inventory/tailscale-wish.ts'
import { secretFrom } from '../secret-place.ts'
import { type Device, deviceList, oneKey, whatever } from './answers.ts'
import { type CallApi, type Caller, tailscaleApi } from './api.ts'
import { otherServer, refused } from './faults.ts'

/** What of a tailnet is asked and done through Tailscale's API, with the access of the inventory. */
export interface Tailnet {
  /** An auth key for one login with these tags, within ten minutes; `host` is for the list of keys that people see. */
  readonly mint: (host: string, tags: readonly string[], signal: AbortSignal) => Promise<Secret>
  readonly devices: (signal: AbortSignal) => Promise<readonly Device[]>
  /** What is gone already is fine. */
  readonly remove: (device: Device, signal: AbortSignal) => Promise<void>
  readonly rename: (device: Device, name: string, signal: AbortSignal) => Promise<void>
}

// Longer than a login may take, and not much: whoever finds the key later finds nothing.
const KEY_SECONDS = 600
// The tailnet of one's access.
const OURS = '/api/v2/tailnet/-'

const known = new Map<string, Promise<Tailnet>>()

/** The tailnet of this wish; the access is read once. @throws Fault (exit 64) that names its places, or another control server */
export function tailnetOf(wish: TailscaleWish): Promise<Tailnet> {
  const key = JSON.stringify([wish.apiKey, wish.oauth])
  const tailnet = known.get(key) ?? opened(wish)
  known.set(key, tailnet)
  return tailnet
}

async function opened(wish: TailscaleWish): Promise<Tailnet> {
  if (wish.loginServer !== TAILSCALE_SERVER && !process.env.TAILSCALE_API_URL) throw otherServer(wish.loginServer)
  const caller = await callerOf(wish)
  return tailnet(tailscaleApi(caller), 'id' in caller)
}

async function callerOf({ apiKey, oauth }: TailscaleWish): Promise<Caller> {
  if (oauth)
    return {
      id: oauth.id,
      secret: await secretFrom(oauth.secret, {
        what: 'secret of the OAuth client for Tailscale',
        at: 'tailscale.oauth.secret',
        made: 'https://login.tailscale.com/admin/settings/trust-credentials',
      }),
    }
  const nowhere = { env: undefined, file: undefined, command: undefined }
  return {
    apiKey: await secretFrom(apiKey ?? nowhere, {
      what: "API key for Tailscale's API",
      at: 'tailscale.apiKey',
      made: 'https://login.tailscale.com/admin/settings/keys',
    }),
  }
}

/** The same over an API that is called already. */
export function tailnet(call: CallApi, oauth: boolean): Tailnet {
  // Only what belongs to one object may be gone.
  function found<T>(what: string, answer: T | undefined): T {
    if (answer === undefined) throw refused(what, 404, 'there is no such tailnet', oauth)
    return answer
  }
  return {
    mint: async (host, tags, signal) => {
      const create = { reusable: false, ephemeral: false, preauthorized: true, tags }
      const body = {
        capabilities: { devices: { create } },
        expirySeconds: KEY_SECONDS,
        // Letters, digits, dashes and spaces, at most 50.
        description: `groundwork ${host}`.slice(0, 50),
      }
      const path = `${OURS}/keys`
      return new Secret(found(`POST ${path}`, await call('POST', path, oneKey, signal, body)).key)
    },
    devices: async (signal) => {
      const path = `${OURS}/devices`
      return found(`GET ${path}`, await call('GET', path, deviceList, signal)).devices
    },
    remove: async ({ nodeId }, signal) =>
      void (await call('DELETE', `/api/v2/device/${encodeURIComponent(nodeId)}`, whatever, signal)),
    rename: async ({ nodeId }, name, signal) => {
      const path = `/api/v2/device/${encodeURIComponent(nodeId)}/name`
      found(`POST ${path}`, await call('POST', path, whatever, signal, { name }))
    },
  }
}
