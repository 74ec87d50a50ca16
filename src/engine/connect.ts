import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Config, NodeSSH } from 'node-ssh'
import type { AuthenticationType, AuthHandlerMiddleware, NextAuthHandler } from 'ssh2'
import { type Attempt, connectionFault } from './connect-fault.ts'
import type { Fault } from './fault.ts'
import { fingerprint } from './host-key.ts'
import { type Identities, type Offer, offers } from './identities.ts'
import { Life } from './life.ts'
import { Remote } from './remote.ts'
import { firstBytes, socketTo } from './socket.ts'

/** Everything that one connection needs; nothing is looked up on the way. */
export interface Destination extends Identities {
  readonly address: string
  readonly port: number
  /** Says whether the key that the host shows is the right one; throws a Fault where it is not. */
  readonly verify: (fingerprint: string, key: Buffer) => void
  /** The way in, where it is not a socket of our own: through a jump host. */
  readonly through?: () => Promise<Duplex>
}

// A server may stall at any stage of the handshake; ssh2's readyTimeout covers all of them (measured).
const HANDSHAKE_MS = 15_000
const KEY_TYPES = [['ssh-ed25519'], ['ecdsa-sha2-nistp256'], ['rsa-sha2-512', 'rsa-sha2-256']] as const

/**
 * Connects, with the host's key verified before any login is tried. A dead line is noticed within 16 s (life.ts).
 * A fingerprint does not say of which of the host's keys it is: where the first one shown is another, the others are looked at.
 * @throws Fault with what to do about it
 */
export async function connect(to: Destination): Promise<Remote> {
  const keys = await offers(to)
  let first: Fault | undefined
  for (const [index] of KEY_TYPES.entries()) {
    const answer = await tryOnce(to, keys, KEY_TYPES.slice(index).flat())
    if (answer instanceof Remote) return answer
    first ??= answer
    const isOtherKey = first.kind === 'other key' && (answer === first || answer.kind === 'other key')
    if (!isOtherKey) throw first
  }
  throw first
}

async function tryOnce(to: Destination, keys: readonly Offer[], keyTypes: readonly string[]): Promise<Remote | Fault> {
  const ssh = new NodeSSH()
  const attempt: Attempt = { offered: [], accepts: [], verdict: undefined, greeting: () => '', stage: 'connecting' }
  let sock: Duplex
  try {
    sock = await (to.through?.() ?? socketTo(to.address, to.port))
    attempt.stage = 'handshake'
    const connecting = ssh.connect(config(to, keys, keyTypes, sock, attempt))
    attempt.greeting = firstBytes(sock)
    await connecting
  } catch (error) {
    ssh.dispose()
    return attempt.verdict ?? connectionFault(to, error, attempt)
  }
  const client = ssh.connection
  if (!client) throw new Error('node-ssh is connected without a connection')
  return new Remote(to.name, ssh, client, new Life(client, sock))
}

function config(
  to: Destination,
  keys: readonly Offer[],
  keyTypes: readonly string[],
  sock: Duplex,
  attempt: Attempt,
): Config {
  return {
    sock: sock as Socket,
    username: to.user,
    readyTimeout: HANDSHAKE_MS,
    algorithms: { serverHostKey: [...keyTypes] },
    hostVerifier: (key: Buffer) => {
      try {
        to.verify(fingerprint(key), key)
        attempt.stage = 'login'
        return true
      } catch (error) {
        attempt.verdict = error as Fault
        return false
      }
    },
    authHandler: authentications(keys, attempt),
  } as Config
}

function authentications(keys: readonly Offer[], attempt: Attempt): AuthHandlerMiddleware {
  const left = [...keys]
  return (accepts: readonly AuthenticationType[] | null, _partial: boolean | null, next: NextAuthHandler) => {
    if (accepts) attempt.accepts = accepts
    const offer = left.shift()
    if (!offer) return next(false as unknown as AuthenticationType)
    attempt.offered.push(offer.shown)
    next(offer.method)
  }
}
