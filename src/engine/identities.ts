import { readFile, stat } from 'node:fs/promises'
import ssh2, { type AnyAuthMethod, type BaseAgent, type ParsedKey } from 'ssh2'
import { Fault } from './fault.ts'
import { fingerprint } from './host-key.ts'

/** Which keys are offered. */
export interface Identities {
  /** The host's name, for people. */
  readonly name: string
  readonly user: string
  /** Paths of private keys. */
  readonly identities: readonly string[]
  /** Path of the agent's socket. */
  readonly agent: string | undefined
  /** The agent signs for the named keys only. */
  readonly identitiesOnly?: boolean
}

/** One key that can be offered, and how it is named in a fault. */
export interface Offer {
  readonly shown: string
  readonly method: AnyAuthMethod
}

const AGENT_MS = 5000

/**
 * The keys to offer, in their order: the named files, then the agent's other keys, each once. One by one, because sshd
 * hangs up after six (MaxAuthTries), and because a person wants to read which ones were refused.
 * @throws Fault where a named key cannot be used
 */
export async function offers(of: Identities): Promise<readonly Offer[]> {
  // An empty SSH_AUTH_SOCK is how people switch the agent off.
  const agent = of.agent ? ssh2.createAgent(of.agent) : undefined
  const held = agent ? await keysOf(agent) : []
  const named = await Promise.all(of.identities.map((path) => fromFile(of, path, agent, held)))
  const offered = named.flatMap((one) => (one ? [one] : []))
  const taken = new Set(offered.map(({ id }) => id))
  const others = of.identitiesOnly || !agent ? [] : held.filter((key) => !taken.has(idOf(key)))
  return [...offered, ...others.map((key) => fromAgent(of.user, agent as BaseAgent, key, key.comment || 'a key'))]
}

const idOf = (key: ParsedKey): string => fingerprint(key.getPublicSSH())

async function fromFile(
  of: Identities,
  path: string,
  agent: BaseAgent | undefined,
  held: readonly ParsedKey[],
): Promise<(Offer & { readonly id: string }) | undefined> {
  const parsed = await parsedFile(path)
  if (!(parsed instanceof Error)) {
    const id = idOf(parsed)
    return { id, shown: `${path} (${id})`, method: { type: 'publickey', username: of.user, key: parsed } }
  }
  // A key with a passphrase is the agent's business: its public half says which of the agent's keys it is.
  const publicHalf = await parsedFile(`${path}.pub`)
  const key = publicHalf instanceof Error ? undefined : held.find((one) => idOf(one) === idOf(publicHalf))
  if (key && agent) return fromAgent(of.user, agent, key, path)
  if (!of.identitiesOnly) return undefined
  throw new Fault(`The private key ${path} cannot be used.`, {
    at: of.name,
    because: parsed.message,
    try: parsed.message.includes('no such file')
      ? `correct identity of ${of.name} in the inventory`
      : `a key with a passphrase goes into the agent:  ssh-add ${path}`,
  })
}

async function parsedFile(path: string): Promise<ParsedKey | Error> {
  try {
    // A pipe that nobody writes to would hold us.
    if (!(await stat(path)).isFile()) return new Error(`${path} is no regular file`)
    const parsed = ssh2.utils.parseKey(await readFile(path))
    return Array.isArray(parsed) ? (parsed[0] as ParsedKey) : parsed
  } catch (error) {
    return error as Error
  }
}

function fromAgent(user: string, agent: BaseAgent, key: ParsedKey, name: string): Offer & { readonly id: string } {
  const one = new ssh2.OpenSSHAgent('')
  one.getIdentities = (callback) => callback(undefined, [key])
  one.sign = agent.sign.bind(agent) as typeof one.sign
  const id = idOf(key)
  return { id, shown: `${name} (${id}) from the agent`, method: { type: 'agent', username: user, agent: one } }
}

// An agent that is locked, gone or asleep holds nothing for us; the login then says which keys were offered.
function keysOf(agent: BaseAgent): Promise<readonly ParsedKey[]> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve([]), AGENT_MS)
    agent.getIdentities((error, keys) => {
      clearTimeout(late)
      resolve(error || !keys ? [] : (keys as readonly ParsedKey[]))
    })
  })
}
