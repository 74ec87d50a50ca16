import { type Resource, resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import { refuse } from './refuse.ts'

const DAYS = 14

/** The host's key in the tailnet lasts: whoever comes in by the tailnet alone is locked out when it ends. */
export const tailscaleExpiry = (hostname: string): Resource =>
  resource({
    name: 'tailscale key',
    desired: { expires: LATER },
    actual: {
      expires: {
        ask: sh`command -v tailscale >/dev/null || { echo '{}'; exit; }
tailscale status --json --peers=false`,
        read: (answer) => expires(answer, new Date()),
      },
    },
    fix: ({ expires: change }) =>
      refuse(
        `the key of ${hostname} in its tailnet ends ${change?.from ?? 'soon'}; then the host leaves it`,
        'let it not expire (https://login.tailscale.com/admin/machines, the host, Disable key expiry), or give it tags; or log in anew:  tailscale up --force-reauth',
      ),
  })

const LATER = `not within ${DAYS} days`

/** When the key ends, if that is soon; `status` is what `tailscale status --json` prints. */
export function expires(status: string, now: Date): string {
  const { Self } = JSON.parse(status) as { readonly Self?: { readonly KeyExpiry?: string } | null }
  const end = Self?.KeyExpiry === undefined ? Number.NaN : Date.parse(Self.KeyExpiry)
  return end - now.getTime() < DAYS * 24 * 3600 * 1000 ? `at ${new Date(end).toISOString().slice(0, 16)}Z` : LATER
}
