import type { Device } from '../clients/tailscale/answers.ts'
import type { Tailnet } from '../clients/tailscale/tailnet.ts'
import { Fault } from '../engine/fault.ts'
import { type Fix, type Probe, type Resource, resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'
import { refuse } from './refuse.ts'
import { settledStatus } from './tailscale-status.ts'

const MACHINES = 'https://login.tailscale.com/admin/machines'

/** What a host is called in its tailnet. `tailnet` opens the API, where the inventory has access to it. */
export interface NameWish {
  readonly hostname: string
  readonly tags: readonly string[]
  readonly acceptDns: boolean
  readonly tailnet: (() => Promise<Tailnet>) | undefined
}

/** The host has its own name in the tailnet, and no `-1` behind it; where the tailnet's name servers are used, they know it. */
export const tailscaleName = (wish: NameWish): Resource => {
  const ask = look(wish)
  const name: Probe = { ask, read: (answer) => readName(answer, wish.hostname).first }
  const known: Probe = { ask, read: (answer) => readName(answer, wish.hostname).says }
  return resource<string>({
    name: 'tailscale name',
    desired: { name: wish.hostname, ...(wish.acceptDns ? { 'MagicDNS says': OWN } : {}) },
    actual: { name, ...(wish.acceptDns ? { 'MagicDNS says': known } : {}) },
    fix: (changes) => {
      if (changes.name) return named(wish, changes.name.from ?? '')
      return changes['MagicDNS says']?.from === OFF
        ? refuse(
            'this tailnet has no MagicDNS',
            'turn it on: https://login.tailscale.com/admin/dns; or take acceptDns out of the inventory',
          )
        : refuse(
            "the tailnet's name server does not give this host its own address",
            `what does it say?  tailscale dns query ${wish.hostname}.TAILNET; tailscale dns status; its machines: ${MACHINES}`,
          )
    },
    settle: { seconds: 20, because: sh`tailscale status --peers=false 2>&1 || true`, try: `look at ${MACHINES}` },
  })
}

const OWN = "the host's own address"
const OFF = 'it is off'

// Whoever is not in the tailnet has no name there yet: that is not known, and no name to be changed.
const look = ({ acceptDns }: NameWish): Sh => sh`${settledStatus}
case $status in *'"BackendState": "Running"'*) printf '%s\n' "$status" ;; *) echo 'the host is not in its tailnet' >&2; exit 1 ;; esac
${acceptDns ? asked : sh``}`

// By the way that 100.100.100.100 goes, also where the host has no interface for it.
const asked = sh`printf '\n==\n'
timeout 10 tailscale dns query "$(printf '%s\n' "$status" | sed -n 's/^ *"DNSName": "\(.*\)",$/\1/p' | head -n 1)" A || true`

interface Status {
  readonly Self?: { readonly DNSName?: string; readonly TailscaleIPs?: readonly string[] | null } | null
  readonly CurrentTailnet?: { readonly MagicDNSEnabled?: boolean } | null
}

/** The first word of the host's name, and what the name server says; a control server that gives no names gives no wrong ones. */
export function readName(answer: string, otherwise: string): { readonly first: string; readonly says: string } {
  const [json = '{}', said = ''] = answer.split('\n==\n')
  const { Self, CurrentTailnet } = JSON.parse(json) as Status
  const words = said.split(/\s+/)
  const knows = Self?.TailscaleIPs?.some((address) => words.includes(address))
  return {
    first: Self?.DNSName?.split('.')[0] || otherwise,
    // The daemon answers for the names of its tailnet also where nobody is led to it (seen with 1.98.4).
    says: CurrentTailnet?.MagicDNSEnabled === false ? OFF : knows ? OWN : 'nothing of it',
  }
}

function named(wish: NameWish, is: string): Fix {
  const { hostname, tailnet } = wish
  if (!tailnet)
    return refuse(
      `in its tailnet this host is ${is}: another node there is called ${hostname}`,
      `remove that node if it is an old one, and give this one its name: ${MACHINES}`,
    )
  return async (signal) => {
    await nameIsFree(wish, signal)
    const api = await tailnet()
    const devices = await api.devices(signal)
    const holder = devices.find((device) => firstOf(device) === hostname)
    if (holder) throw notOurs(hostname, holder)
    const own = devices.find((device) => firstOf(device) === is)
    if (own) await api.rename(own, hostname, signal)
  }
}

/**
 * Removes what an earlier life of this host left in the tailnet under its name: a node with our tags that is offline.
 * @throws Fault where a node of that name is online
 */
export async function nameIsFree({ hostname, tags, tailnet }: NameWish, signal: AbortSignal): Promise<void> {
  const api = await tailnet?.()
  for (const device of (await api?.devices(signal)) ?? []) {
    if (firstOf(device) !== hostname) continue
    if (isOnline(device)) throw online(hostname, device)
    // A person's machine may have any name: only what has our tags was ours.
    if (tags.length && tags.every((tag) => device.tags?.includes(tag))) await api?.remove(device, signal)
  }
}

const firstOf = ({ name }: Device): string => name.split('.')[0] ?? ''

const JUST_NOW_MS = 5 * 60_000

function isOnline({ connectedToControl, lastSeen }: Device): boolean {
  if (typeof connectedToControl === 'boolean') return connectedToControl
  return !lastSeen || Date.now() - Date.parse(lastSeen) < JUST_NOW_MS
}

const online = (hostname: string, { name, nodeId }: Device): Fault =>
  new Fault(`Another node of the tailnet is called ${hostname}, and it is online.`, {
    at: `${name} (${nodeId})`,
    because: `${hostname} would become ${hostname}-1, and its name would lead to the other`,
    try: `if it is this host before it was made anew: switch that off, and run again in a minute\nelse rename one of the two: ${MACHINES}, or the host in the inventory`,
  })

const notOurs = (hostname: string, { name, nodeId }: Device): Fault =>
  new Fault(`Another node of the tailnet is called ${hostname}.`, {
    at: `${name} (${nodeId})`,
    because: 'it is offline, but has not the tags of tailscale.tags: it may be anybody’s, and was not removed',
    try: `remove or rename it, if nobody needs it: ${MACHINES}`,
  })
