import { Fault } from './fault.ts'

/** Where a connection was to go. */
interface Where {
  readonly name: string
  readonly user: string
  readonly address: string
  readonly port: number
}

/** How far an attempt came. */
export interface Attempt {
  /** The keys that were offered, as they are named to people. */
  readonly offered: string[]
  /** The ways to log in that the host said it takes. */
  accepts: readonly string[]
  /** What was wrong with the host's key. */
  verdict: Fault | undefined
  /** The first bytes that came from there. */
  greeting: () => string
  stage: 'connecting' | 'handshake' | 'login'
}

/** Turns what the network and ssh2 say into what happened, because of what, and what to type next. */
export function connectionFault(to: Where, error: unknown, attempt: Attempt): Fault {
  if (error instanceof Fault) return error
  const { message, code, level } = error as Error & { code?: string; level?: string }
  if (level === 'client-authentication' || /authentication (methods failed|failures)/.test(message))
    return refused(to, attempt, message)
  if (UNPROVEN.test(message)) return unproven(to)
  const cause = causeOf(message, code, attempt)
  return new Fault(`${to.name} cannot be reached at ${to.user}@${to.address}:${to.port}.`, {
    kind: cause?.isBusy ? 'busy' : 'not reachable',
    at: to.name,
    because: cause?.because ?? `${message}${code ? ` (${code})` : ''}`,
    try: cause?.try ?? `ssh -v -p ${to.port} ${to.user}@${to.address}`,
  })
}

function refused(to: Where, { offered, accepts }: Attempt, message: string): Fault {
  const said = [
    offered.length ? `it refused ${offered.join(', ')}` : 'there was no key to offer: no identity file, no agent',
    ...(message.includes('Too many') ? ['and then hung up: too many keys for one login (MaxAuthTries)'] : []),
    ...(accepts.length ? [`it takes ${accepts.join(', ')}`] : []),
  ]
  return new Fault(`${to.name} does not let us in as ${to.user}.`, {
    kind: 'login refused',
    at: to.name,
    because: said.join('\n'),
    try: `ssh -p ${to.port} ${to.user}@${to.address}, and if that works, name its key in the inventory as identity`,
  })
}

// Whoever has a host's public key can show it; the signature is what only the host can make.
const UNPROVEN = /signature verification failed|Wrong signature type|Malformed signature|reading signature/

const unproven = ({ name, address, port }: Where): Fault =>
  new Fault(`${name} (${address}:${port}) shows the key that we know, and does not have it.`, {
    at: name,
    because: 'its signature is wrong: somebody is in between, or the host is broken. No login was tried.',
    try: 'find out who answers at that address before anything else: the network, DNS, and the console of the host',
  })

interface Cause {
  readonly because: string
  readonly try: string
  /** It may go well in a moment. */
  readonly isBusy?: true
}

function causeOf(message: string, code: string | undefined, attempt: Attempt): Cause | undefined {
  const greeting = attempt.greeting()
  const isSsh = /^SSH-/m.test(greeting)
  const told = byGreeting.find(([needle]) => greeting.includes(needle))?.[1]
  if (told && !isSsh) return told
  if (greeting && !isSsh) return noSshServer(greeting)
  if (message === 'No response from server') return hungUp(attempt.stage)
  if (message.includes('Timed out while waiting for handshake')) return stalled(attempt.stage, greeting !== '')
  return byCode[code ?? ''] ?? byMessage.find(([needle]) => message.includes(needle))?.[1]
}

// What sshd says instead of its version line; the newer words do not tell a full house from a ban.
const byGreeting: readonly (readonly [string, Cause])[] = [
  [
    'Not allowed at this time',
    {
      because:
        'sshd takes no connection from here for now: too many failed logins from this address (PerSourcePenalties), or too many connections that have not logged in yet (MaxStartups)',
      try: 'wait ten minutes, then run the same command again; which of the two it is says  journalctl -u ssh  on its console',
      isBusy: true,
    },
  ],
  ['Exceeded MaxStartups', busy()],
]

function busy(): Cause {
  return {
    because: 'sshd takes no more connections for now: too many that have not logged in yet (MaxStartups)',
    try: 'wait a minute and run the same command again; if it stays so, somebody is guessing passwords there',
    isBusy: true,
  }
}

const noSshServer = (greeting: string): Cause => ({
  because: `what answers there is not an SSH server; it begins with: ${greeting.trim().split(/\r?\n/)[0]?.slice(0, 80)}`,
  try: 'is the port in the inventory the one of sshd?',
})

const stalled = (stage: Attempt['stage'], hasGreeted: boolean): Cause => {
  if (stage === 'login')
    return {
      because: 'it showed the right key, and then gave no answer to the login',
      try: 'look at the host’s console: is it out of memory, or does its login wait for another machine (DNS, LDAP)?',
    }
  return hasGreeted
    ? {
        because: 'it answered, then stopped in the middle of the SSH handshake',
        try: 'try again; if it stays so, large packets may be lost on the way (MTU): does  ping -M do -s 1400  get through?',
      }
    : {
        because: 'it took the connection and said nothing',
        try: 'is something else listening on that port? if it is sshd, look at the host’s console: is it out of memory?',
      }
}

// node-ssh's word for a connection that ended without one; it gives it the code of a time-out.
const hungUp = (stage: Attempt['stage']): Cause => ({
  because:
    stage === 'login'
      ? 'it showed the right key, and hung up before it answered the login'
      : 'it hung up in the middle of the SSH handshake',
  try: 'look on its console what sshd says:  journalctl -u ssh  (a Banner of more than 256 KiB makes it hang up on everybody)',
})

const byCode: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: {
    because: 'the connection was refused: the machine is there, and nothing listens on that port, or a ban (fail2ban)',
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
    because: 'the connection was reset: sshd takes no more connections for now (MaxStartups), or bans this address',
    try: 'wait a minute and run the same command again',
    isBusy: true,
  },
}

const byMessage: readonly (readonly [string, Cause])[] = [
  ['Connection refused', byCode.ECONNREFUSED as Cause],
  [
    'Connection lost before handshake',
    {
      because: 'it closed the connection before the SSH handshake: MaxStartups, a ban, or no SSH server on that port',
      try: 'wait a minute and run the same command again',
      isBusy: true,
    },
  ],
  [
    'Bad packet length',
    {
      because: 'it sends more in one packet than SSH allows: a Banner of more than 30 KiB, or it is no SSH server',
      try: 'make the text of  Banner  in its sshd_config shorter; is the port in the inventory the one of sshd?',
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
