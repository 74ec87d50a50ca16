import { readFile } from 'node:fs/promises'
import { connect as dial, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Config, NodeSSH } from 'node-ssh'
import ssh2, { type AuthenticationType, type AuthHandlerMiddleware, type ParsedKey } from 'ssh2'
import { connectionFault } from './connect-fault.ts'
import { Fault } from './fault.ts'
import { fingerprint } from './host-key.ts'
import { Remote } from './remote.ts'

/** Everything that one connection needs; nothing is looked up on the way. */
export interface Destination {
  /** The host's name, for people. */
  readonly name: string
  readonly address: string
  readonly port: number
  readonly user: string
  readonly identities: readonly string[]
  readonly agent: string | undefined
  /** Says whether the key that the host shows is the right one; throws a Fault where it is not. */
  readonly verify: (fingerprint: string, key: Buffer) => void
  /** The way in, where it is not a socket of our own: through a jump host. */
  readonly through?: () => Promise<Duplex>
}

// A server may stall at any stage of the handshake; ssh2's readyTimeout covers all of them (measured).
const HANDSHAKE_MS = 20_000
const KEY_TYPES = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'] as const

/**
 * Connects, with the host's key verified before any login is tried. Keepalive 4.5 s × 3: a dead link is noticed within 18 s.
 * @throws Fault with what to do about it
 */
export async function connect(to: Destination): Promise<Remote> {
  const keys = await identityKeys(to)
  const ssh = new NodeSSH()
  const attempt: Attempt = { offered: [], verdict: undefined }
  try {
    const sock = await (to.through?.() ?? socket(to))
    await ssh.connect(config(to, keys, sock, attempt))
  } catch (error) {
    ssh.dispose()
    if (attempt.verdict) throw attempt.verdict
    throw connectionFault(to, error, attempt.offered)
  }
  const client = ssh.connection
  if (!client) throw new Error('node-ssh is connected without a connection')
  // node-ssh takes its listener off after `ready`; without one, a lost connection ends this process (measured).
  client.on('error', () => undefined)
  return new Remote(to.name, ssh, client)
}

interface Attempt {
  readonly offered: string[]
  verdict: Fault | undefined
}

interface IdentityKey {
  readonly path: string
  readonly key: ParsedKey
}

function config(to: Destination, keys: readonly IdentityKey[], sock: Duplex, attempt: Attempt): Config {
  return {
    sock: sock as Socket,
    username: to.user,
    readyTimeout: HANDSHAKE_MS,
    keepaliveInterval: 4500,
    keepaliveCountMax: 3,
    algorithms: { serverHostKey: [...KEY_TYPES] },
    hostVerifier: (key: Buffer) => {
      try {
        to.verify(fingerprint(key), key)
        return true
      } catch (error) {
        attempt.verdict = error as Fault
        return false
      }
    },
    authHandler: authentications(to, keys, attempt),
  } as Config
}

// Exactly the named identities, one after the other, then the agent: an agent full of keys would use up MaxAuthTries.
function authentications(to: Destination, keys: readonly IdentityKey[], attempt: Attempt): AuthHandlerMiddleware {
  const ways: (Record<string, unknown> & { readonly shown: string })[] = keys.map(({ path, key }) => ({
    type: 'publickey',
    username: to.user,
    key,
    shown: `${path} (${fingerprint(key.getPublicSSH())})`,
  }))
  if (to.agent) ways.push({ type: 'agent', username: to.user, agent: to.agent, shown: 'the keys in the agent' })
  return (_left, _partial, next) => {
    const way = ways.shift()
    if (!way) return next(false as unknown as AuthenticationType)
    const { shown, ...method } = way
    attempt.offered.push(shown)
    next(method as never)
  }
}

async function identityKeys(to: Destination): Promise<readonly IdentityKey[]> {
  const keys: IdentityKey[] = []
  for (const path of to.identities) {
    const parsed = ssh2.utils.parseKey(await readFile(path))
    if (parsed instanceof Error) {
      // A key with a passphrase is the agent's business; it is named if the login fails.
      if (to.agent || to.identities.length > 1) continue
      throw new Fault(`The private key ${path} cannot be read.`, {
        at: to.name,
        because: parsed.message,
        try: `a key with a passphrase goes into the agent:  ssh-add ${path}`,
      })
    }
    keys.push({ path, key: Array.isArray(parsed) ? parsed[0] : parsed })
  }
  return keys
}

function socket(to: Destination): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Without noDelay every exec waits 40 ms for a delayed acknowledgement (measured).
    const opened = dial({ host: to.address, port: to.port, noDelay: true, keepAlive: true })
    const late = setTimeout(() => opened.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), 10_000)
    opened.once('connect', () => {
      clearTimeout(late)
      opened.off('error', reject)
      resolve(opened)
    })
    opened.once('error', (error) => {
      clearTimeout(late)
      reject(error)
    })
  })
}
