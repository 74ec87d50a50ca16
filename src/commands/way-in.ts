import { connect, type Destination } from '../engine/connect.ts'
import { Fault } from '../engine/fault.ts'
import { changedKey, unknownKey } from '../engine/host-key.ts'
import type { Remote } from '../engine/remote.ts'
import { sshOptions } from '../engine/ssh-options.ts'
import type { HostWish, Org } from '../inventory/org.ts'
import type { Endpoint } from '../provision/provider.ts'
import { throughJumps } from './jump.ts'

/** What is known of a host's key before it is met. */
export interface Pin {
  readonly fingerprint: string | undefined
  /** Where that stands: 'the inventory', 'org.lock.yaml, since 2026-11-03'. */
  readonly source: string
  /** Called with the fingerprint of a key that nobody knows yet; says whether a person has confirmed it. */
  readonly confirm?: (seen: string) => Promise<boolean>
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
 * Connects as the host is used from then on; where that does not work yet, as it is met at first.
 * @throws Fault of the last way tried
 */
export async function wayIn(
  org: Pick<Org, 'file' | 'ssh'>,
  host: HostWish,
  endpoint: Endpoint,
  pin: Pin,
): Promise<WayIn> {
  const options = endpoint.identity === undefined ? await sshOptions(endpoint.address) : undefined
  const ways = unique([
    { user: host.user, port: org.ssh.port },
    { user: host.user, port: endpoint.port },
    { user: host.firstUser, port: endpoint.port },
  ])
  const seen = { fingerprint: '', hostKey: Buffer.alloc(0) }
  let last: unknown
  for (const way of ways) {
    const destination: Destination = {
      name: host.name,
      address: options?.hostname ?? endpoint.address,
      port: options && options.port !== 22 && way.port === 22 ? options.port : way.port,
      user: way.user,
      identities: endpoint.identity === undefined ? (options?.identities ?? []) : [endpoint.identity],
      agent: options?.agent,
      verify: (fingerprint, hostKey) => {
        Object.assign(seen, { fingerprint, hostKey })
        verify(org.file, host.name, endpoint, pin, fingerprint)
      },
      through: options?.jumps.length ? throughJumps(options.jumps, options.hostname, way.port) : undefined,
    }
    try {
      return { remote: await connect(destination), destination, ...seen }
    } catch (error) {
      const confirmed = pin.fingerprint === undefined && seen.fingerprint && (await pin.confirm?.(seen.fingerprint))
      if (confirmed) return wayIn(org, host, endpoint, { fingerprint: seen.fingerprint, source: 'confirmed just now' })
      if (!(error instanceof Fault) || error.kind === undefined) throw error
      last = error
    }
  }
  throw last
}

function verify(file: string, host: string, endpoint: Endpoint, pin: Pin, seen: string): void {
  const where = `${endpoint.address}:${endpoint.port}`
  if (pin.fingerprint === undefined) throw unknownKey(host, where, seen, file)
  if (pin.fingerprint !== seen)
    throw changedKey(host, where, { fingerprint: pin.fingerprint, source: pin.source }, seen, file)
}

const unique = <T extends { readonly user: string; readonly port: number }>(ways: readonly T[]): readonly T[] =>
  ways.filter((way, index) => ways.findIndex((other) => other.user === way.user && other.port === way.port) === index)
