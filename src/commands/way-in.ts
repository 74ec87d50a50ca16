import { setTimeout as later } from 'node:timers/promises'
import pLimit, { type LimitFunction } from 'p-limit'
import { connect, type Destination } from '../engine/connect.ts'
import { Fault } from '../engine/fault.ts'
import { changedKey, unknownKey } from '../engine/host-key.ts'
import type { Remote } from '../engine/remote.ts'
import { sshOptions } from '../engine/ssh-options.ts'
import type { HostWish, Org } from '../inventory/org.ts'
import type { Endpoint } from '../provision/provider.ts'
import { throughJumps } from './jump.ts'

const BUSY_SECONDS = [1, 2, 4]

// sshd drops new connections at random from ten unauthenticated ones on (MaxStartups): so many at once go through one door.
const CONNECTS_AT_ONCE = 8
const doors = new Map<string, LimitFunction>()

/** What is known of a host's key before it is met. */
export interface Pin {
  readonly fingerprint: string | undefined
  /** Where that stands: 'the inventory', 'org.lock.yaml, since 2026-11-03'. */
  readonly source: string
  /** Another one that is right as well: the host is just changing from one to the other. */
  readonly or?: string | undefined
  /** Called with the fingerprint of a key that nobody knows yet; says whether a person has confirmed it. */
  readonly confirm?: (seen: string) => Promise<boolean>
  /** Told of each key that is shown, before it is judged. */
  readonly looks?: (seen: string) => void
}

/** A way in that has worked, so that the next connection goes the same way. */
export interface WayIn {
  readonly remote: Remote
  readonly destination: Destination
  readonly fingerprint: string
  /** The host's public key itself, as SSH sends it. */
  readonly hostKey: Buffer
}

/**
 * Fingerprints of every key that the host shows, found out without any login: no key is taken for the right one.
 * @throws Fault where it shows none
 */
export async function shownKeys(
  org: Pick<Org, 'file' | 'ssh'>,
  host: HostWish,
  endpoint: Endpoint,
): Promise<readonly string[]> {
  const shown = new Set<string>()
  const none: Pin = { fingerprint: '', source: '', looks: (seen) => shown.add(seen) }
  try {
    const { remote } = await wayIn(org, host, endpoint, none)
    remote.close()
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'other key') throw error
  }
  return [...shown]
}

/**
 * Connects as the host is used from then on; where that does not work yet, as it is met at first.
 * @throws Fault of the way that came furthest
 */
export async function wayIn(
  org: Pick<Org, 'file' | 'ssh'>,
  host: HostWish,
  endpoint: Endpoint,
  pin: Pin,
): Promise<WayIn> {
  const options = endpoint.identity === undefined ? await sshOptions(endpoint.address) : undefined
  const seen = { fingerprint: '', hostKey: Buffer.alloc(0) }
  const shut = new Set<number>()
  let furthest: Fault | undefined
  const { tailnet } = endpoint
  const ways =
    tailnet === undefined ? waysOf(org, host, endpoint, options?.port) : [{ user: host.user, port: org.ssh.port }]
  for (const { user, port } of ways) {
    if (shut.has(port)) continue
    const destination: Destination = {
      name: host.name,
      address: tailnet ?? options?.hostname ?? endpoint.address,
      port,
      user,
      identities: endpoint.identity === undefined ? (options?.identities ?? []) : [endpoint.identity],
      agent: options ? options.agent : process.env.SSH_AUTH_SOCK,
      identitiesOnly: options ? options.identitiesOnly : true,
      verify: (fingerprint, hostKey) => {
        Object.assign(seen, { fingerprint, hostKey })
        pin.looks?.(fingerprint)
        verify(org.file, host, endpoint, pin, fingerprint)
      },
      through:
        tailnet === undefined && options?.jumps.length
          ? throughJumps(options.jumps, options.hostname, port)
          : undefined,
    }
    try {
      // All hosts behind one jump host have one door.
      const door = doorOf(tailnet ?? options?.jumps[0] ?? destination.address)
      return { remote: await door(() => connectOnceFree(destination)), destination, ...seen }
    } catch (error) {
      const confirmed = pin.fingerprint === undefined && seen.fingerprint && (await pin.confirm?.(seen.fingerprint))
      if (confirmed) return wayIn(org, host, endpoint, { fingerprint: seen.fingerprint, source: 'confirmed just now' })
      if (!(error instanceof Fault) || error.kind === undefined || error.kind === 'other key') throw error
      // Another user would wait for the same port just as long, and each try counts where logins are counted.
      if (error.kind !== 'login refused') shut.add(port)
      if (error.kind === 'login refused' || furthest?.kind !== 'login refused') furthest = error
    }
  }
  throw furthest
}

function waysOf(
  { ssh }: Pick<Org, 'ssh'>,
  { user, firstUser }: HostWish,
  { port }: Endpoint,
  configured: number | undefined,
): readonly { readonly user: string; readonly port: number }[] {
  const ways = [
    { user, port: ssh.port },
    { user, port },
    { user: firstUser, port },
  ].map((way) => ({ ...way, port: way.port === 22 ? (configured ?? 22) : way.port }))
  return ways.filter(
    (way, index) => ways.findIndex((other) => other.user === way.user && other.port === way.port) === index,
  )
}

function doorOf(server: string): LimitFunction {
  const door = doors.get(server) ?? pLimit(CONNECTS_AT_ONCE)
  doors.set(server, door)
  return door
}

// sshd drops new connections at random while many have not logged in yet; at another moment there is room.
async function connectOnceFree(destination: Destination): Promise<Remote> {
  for (const seconds of BUSY_SECONDS) {
    try {
      return await connect(destination)
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== 'busy') throw error
      await later(seconds * 1000 * (0.5 + Math.random()))
    }
  }
  return connect(destination)
}

function verify(file: string, { name, droplet }: HostWish, endpoint: Endpoint, pin: Pin, seen: string): void {
  const where = `${endpoint.address}:${endpoint.port}`
  if (pin.fingerprint === undefined) throw unknownKey(name, where, seen, file, droplet !== undefined)
  if (pin.fingerprint !== seen && pin.or !== seen)
    throw changedKey(name, where, { fingerprint: pin.fingerprint, source: pin.source }, seen, file)
}
