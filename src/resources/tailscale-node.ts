import { type Changes, type Fix, type Resource, resource } from '../engine/resource.ts'
import { type ReadHere, type Sh, sh } from '../engine/sh.ts'
import type { TailscaleWish } from '../inventory/tailscale-wish.ts'
import { refuse } from './refuse.ts'
import { tailscaleFault } from './tailscale-fault.ts'
import { settledStatus } from './tailscale-status.ts'

/** How a host is in its tailnet, in the words of `tailscale up`. */
export interface NodeWish
  extends Omit<TailscaleWish, 'source' | 'repository' | 'authKey' | 'apiKey' | 'oauth' | 'binaries' | 'sshOver'> {
  readonly hostname: string
  /** Read, or made, only when the host has to log in. */
  readonly authKey: ReadHere
  /** Comes before a login. */
  readonly before: (signal: AbortSignal) => Promise<void>
}

/**
 * This host is in the tailnet, with these settings and no other. A node that is in it never logs in again: an expired key would
 * break it (tailscale/tailscale#16987), and `tailscale up` would reset what it does not name.
 */
export const tailscaleNode = (wish: NodeWish): Resource =>
  resource({
    name: 'tailscale node',
    desired: {
      state: 'Running',
      'login-server': wish.loginServer,
      tags: listed(wish.tags),
      hostname: wish.hostname,
      'accept-dns': String(wish.acceptDns),
      'accept-routes': String(wish.acceptRoutes),
      'advertise-routes': listed(wish.advertiseRoutes),
      ssh: String(wish.ssh),
    },
    actual: {
      state: { ask: look, read: (answer) => readNode(answer).status.BackendState },
      'login-server': { ask: look, read: (answer) => readNode(answer).prefs.ControlURL },
      tags: { ask: look, read: (answer) => listed(tagsOf(readNode(answer))) },
      hostname: { ask: look, read: (answer) => readNode(answer).prefs.Hostname },
      'accept-dns': { ask: look, read: (answer) => String(readNode(answer).prefs.CorpDNS) },
      'accept-routes': { ask: look, read: (answer) => String(readNode(answer).prefs.RouteAll) },
      'advertise-routes': { ask: look, read: (answer) => listed(readNode(answer).prefs.AdvertiseRoutes ?? []) },
      ssh: { ask: look, read: (answer) => String(readNode(answer).prefs.RunSSH) },
    },
    fix: (changes) => repair(wish, changes),
    explain: (said) => tailscaleFault(said, wish.loginServer),
  })

// Settled: only then it is known whether a login is needed.
const look = sh`command -v tailscale >/dev/null && systemctl is-enabled --quiet tailscaled 2>/dev/null || exit 44
${settledStatus}
printf '%s\n==\n' "$status" && tailscale debug prefs`

interface Node {
  readonly status: { readonly BackendState?: string; readonly Self?: { readonly Tags?: readonly string[] } }
  readonly prefs: {
    readonly ControlURL?: string
    readonly Hostname?: string
    readonly CorpDNS?: boolean
    readonly RouteAll?: boolean
    readonly RunSSH?: boolean
    readonly AdvertiseRoutes?: readonly string[] | null
    readonly AdvertiseTags?: readonly string[] | null
  }
}

function readNode(answer: string): Node {
  const [status = '{}', prefs = '{}'] = answer.split('\n==\n')
  return { status: JSON.parse(status), prefs: JSON.parse(prefs) }
}

// Those that the tailnet gave; before that, those that were asked for.
const tagsOf = ({ status, prefs }: Node): readonly string[] => status.Self?.Tags ?? prefs.AdvertiseTags ?? []

const listed = (names: readonly string[]): string => [...names].sort().join(',') || 'none'

function repair(wish: NodeWish, changes: Changes<string>): Fix {
  // Not installed when this was asked: it is asked again.
  if (changes.state && changes.state.from === undefined) return []
  const state = changes.state?.from ?? 'Running'
  // The key is made for this one login, so it is made last.
  if (state === 'NoState' || state === 'NeedsLogin') return [wish.before, login(wish)]
  if (state === 'NeedsMachineAuth')
    return refuse(
      'this host waits for approval in its tailnet',
      'approve it: https://login.tailscale.com/admin/machines',
    )
  if (changes['login-server'])
    return refuse(
      `this host is in a tailnet of ${changes['login-server'].from}, not of ${wish.loginServer}`,
      'if it is to leave that one:  tailscale logout',
    )
  if (changes.tags)
    return refuse(
      `this host has the tags ${changes.tags.from}, not ${listed(wish.tags)}; tags are given by the tailnet`,
      'change them there: https://login.tailscale.com/admin/machines; or let it log in anew:  tailscale logout',
    )
  const flags = settings(wish).filter(([name]) => changes[name])
  return [
    // Without any flag it keeps all settings; with one it wants to be told all of them.
    ...(state === 'Stopped' ? [sh`timeout 60 tailscale up`] : []),
    ...(flags.length ? [set(flags)] : []),
  ]
}

const login = (wish: NodeWish): Sh => sh`
    printf '%s\n' ${wish.authKey} | timeout 70 tailscale up --reset --timeout=60s --auth-key=file:/dev/stdin --login-server=${wish.loginServer} --advertise-tags=${wish.tags.join(',')} ${words(settings(wish))} 2>&1 || {
      rc=$?
      [ $rc != 124 ] || echo 'the control server did not let it in within 60 s'
      exit $rc
    }`

const settings = (wish: NodeWish): readonly (readonly [name: string, value: string])[] => [
  ['hostname', wish.hostname],
  ['accept-dns', String(wish.acceptDns)],
  ['accept-routes', String(wish.acceptRoutes)],
  ['advertise-routes', wish.advertiseRoutes.join(',')],
  ['ssh', String(wish.ssh)],
]

const words = (flags: ReturnType<typeof settings>): readonly string[] =>
  flags.map(([name, value]) => `--${name}=${value}`)
const set = (flags: ReturnType<typeof settings>): Sh => sh`tailscale set ${words(flags)}`
