import { Fault } from './fault.ts'

interface Where {
  readonly name: string
  readonly user: string
  readonly address: string
  readonly port: number
}

/** Turns what the network and ssh2 say into what happened, because of what, and what to type next. */
export function connectionFault(to: Where, error: unknown, offered: readonly string[]): Fault {
  if (error instanceof Fault) return error
  const { message, code, level } = error as Error & { code?: string; level?: string }
  const where = `${to.user}@${to.address}:${to.port}`
  const cause = byCode[code ?? ''] ?? byMessage.find(([needle]) => message.includes(needle))?.[1]
  if (level === 'client-authentication' || message.includes('authentication methods failed')) {
    return new Fault(`${to.name} does not let us in as ${to.user}.`, {
      kind: 'login refused',
      at: to.name,
      because: offered.length
        ? `it refused ${offered.join(', ')}`
        : 'there was no key to offer: no identity file, no agent',
      try: `ssh -p ${to.port} ${to.user}@${to.address}, and if that works, name its key in the inventory as identity`,
    })
  }
  return new Fault(`${to.name} cannot be reached at ${where}.`, {
    kind: 'not reachable',
    at: to.name,
    because: cause?.because ?? `${message}${code ? ` (${code})` : ''}`,
    try: cause?.try ?? `ssh -v -p ${to.port} ${to.user}@${to.address}`,
  })
}

interface Cause {
  readonly because: string
  readonly try: string
}

const byCode: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: {
    because: 'the connection was refused: the machine is there, nothing listens on that port',
    try: 'is sshd running, and is the port in the inventory right?',
  },
  ETIMEDOUT: {
    because: 'no answer: the machine is off, or a firewall drops the packets',
    try: 'is it switched on, and is the address right?',
  },
  EHOSTUNREACH: {
    because: 'no way there: no route to this address',
    try: 'is it switched on, and are you in the right network?',
  },
  ENETUNREACH: { because: 'no way there: this machine has no route to that network', try: 'is this machine online?' },
  ENOTFOUND: { because: 'its name is not known to DNS', try: 'check the address in the inventory' },
  EAI_AGAIN: { because: 'DNS gave no answer', try: 'is this machine online?' },
  ECONNRESET: {
    because:
      'the connection was reset: often sshd that takes no more connections for now (MaxStartups), or bans this address',
    try: 'wait a minute and run the same command again',
  },
}

const byMessage: readonly (readonly [string, Cause])[] = [
  [
    'Timed out while waiting for handshake',
    {
      because: 'it answered, then stopped in the middle of the SSH handshake',
      try: 'try again; if it stays so: is something else listening on that port?',
    },
  ],
  [
    'Connection lost before handshake',
    {
      because: 'it closed the connection before the SSH handshake: MaxStartups, a ban, or no SSH server on that port',
      try: 'wait a minute and run the same command again',
    },
  ],
  ['Keepalive timeout', { because: 'the connection died', try: 'run the same command again' }],
  [
    'no matching',
    {
      because: 'it speaks no algorithm that we have in common',
      try: 'does it allow only post-quantum key exchange? ssh2 knows none yet; allow curve25519-sha256 as well',
    },
  ],
]
