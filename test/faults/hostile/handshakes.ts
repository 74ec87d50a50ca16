import { connect } from 'node:net'
import {
  drips,
  floods,
  type Hostile,
  hangsUp,
  hostile,
  resets,
  type SshBehaviour,
  says,
  saysAndLeaves,
  silent,
  stallsBehind,
} from '../../lab/hostile-server.ts'
import { AT_ONCE, BUSY, type Case, EVIL, PLANNED, STALLED } from './case.ts'
import type { KeyPair } from './trial.ts'

/** What the servers of the table have in common. */
export interface Handshakes {
  readonly operator: KeyPair
  readonly host: KeyPair
  readonly hostRsa: KeyPair
  readonly stranger: KeyPair
  /** A server with the host's key, which lets in and answers as a Debian should. */
  readonly ssh: (behaviour?: Omit<SshBehaviour, 'hostKeys'>, keys?: readonly KeyPair[]) => Promise<Hostile>
  readonly realPort: () => number
}

const HTTP = 'HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n'
const OVERSIZE = Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(64, 0xff)])
const askedFirst = (text: string) => hostile((socket) => socket.once('data', () => saysAndLeaves(text)(socket)))

/** Up to the login. */
export const handshakes = ({ operator, host, hostRsa, stranger, ssh, realPort }: Handshakes): readonly Case[] => {
  const stall = (last: Parameters<typeof stallsBehind>[0]) => () => hostile(stallsBehind(last, realPort))
  const said = (text: string) => () => hostile(saysAndLeaves(text))
  return [
    { ...STALLED, behaviour: 'says nothing', quick: true, serve: () => hostile(silent), says: ['said nothing'] },
    {
      ...STALLED,
      behaviour: 'drips its version',
      serve: () => hostile(drips('SSH-2.0-Slow_1.0 and so on\r\n')),
      says: [STALL],
    },
    {
      ...STALLED,
      behaviour: 'stalls behind its version',
      serve: () => hostile(says('SSH-2.0-x\r\n')),
      says: [STALL, 'MTU'],
    },
    { ...STALLED, behaviour: 'stalls behind KEXINIT', quick: true, serve: stall('kexInit'), says: [STALL] },
    {
      ...STALLED,
      behaviour: 'stalls behind the key exchange',
      serve: stall('kexReply'),
      says: ['showed the right key'],
    },
    { ...STALLED, behaviour: 'stalls at the service request', serve: stall('newKeys'), says: ['showed the right key'] },
    {
      ...STALLED,
      behaviour: 'stalls at the login',
      quick: true,
      serve: () => ssh({ login: () => undefined }),
      says: ['gave no answer to the login'],
    },
    {
      ...AT_ONCE,
      behaviour: 'says lines for ever',
      quick: true,
      serve: () => hostile(floods(Buffer.from('hello\r\n'.repeat(99)))),
      says: ['not an SSH server', 'hello'],
    },
    {
      ...AT_ONCE,
      behaviour: 'floods with zeros',
      serve: () => hostile(floods(Buffer.alloc(65536))),
      says: ['not an SSH server'],
    },
    {
      ...AT_ONCE,
      behaviour: 'floods behind its version',
      serve: () => hostile(floods(Buffer.alloc(65536, 32), 'SSH-2.0-x\r\n')),
      says: ['cannot be reached'],
    },
    {
      ...AT_ONCE,
      behaviour: 'announces a packet of 4 GiB',
      serve: () => hostile(says(OVERSIZE)),
      says: ['more in one packet'],
    },
    {
      ...AT_ONCE,
      behaviour: 'is a web server',
      quick: true,
      serve: () => askedFirst(HTTP),
      says: ['not an SSH server', 'HTTP/1.1 400'],
    },
    {
      ...AT_ONCE,
      behaviour: 'greets with escape codes',
      serve: said(`${EVIL}\r\n`),
      says: ['not an SSH server', '\\x1b[2J'],
    },
    { ...BUSY, behaviour: 'resets each connection', serve: () => hostile(resets), says: ['reset', 'MaxStartups'] },
    { ...BUSY, behaviour: 'hangs up at once', serve: () => hostile(hangsUp), says: ['closed the connection before'] },
    {
      ...BUSY,
      behaviour: 'takes no more connections',
      serve: said('Exceeded MaxStartups\r\n'),
      says: ['not logged in yet'],
    },
    { ...PLANNED, behaviour: 'takes connections again after a while', serve: () => busyTwice(ssh()) },
    {
      ...BUSY,
      behaviour: 'bans us',
      quick: true,
      serve: said('Not allowed at this time\r\n'),
      says: ['PerSourcePenalties', 'wait ten minutes'],
    },
    {
      ...AT_ONCE,
      behaviour: 'shows another key',
      quick: true,
      noLogin: true,
      serve: () => ssh({}, [stranger]),
      says: ['another host key', host.fingerprint, stranger.fingerprint],
    },
    {
      ...AT_ONCE,
      behaviour: 'shows a key nobody knows',
      quick: true,
      noLogin: true,
      serve: () => ssh(),
      hostKey: null,
      says: ['not known yet', host.fingerprint],
    },
    {
      ...PLANNED,
      behaviour: 'shows its ed25519 key first, and we know its RSA key',
      serve: () => ssh({}, [host, hostRsa]),
      hostKey: hostRsa.fingerprint,
    },
    {
      ...AT_ONCE,
      behaviour: 'refuses the login',
      quick: true,
      serve: () => ssh({ login: (login) => login.reject() }),
      says: ['does not let us in as root', operator.fingerprint],
    },
    {
      ...PLANNED,
      behaviour: 'greets with 25 KiB of escape codes',
      quick: true,
      serve: () => ssh({ banner: EVIL.repeat(400) }),
    },
    { ...AT_ONCE, behaviour: 'greets with 1 MiB', serve: () => ssh({ banner: EVIL.repeat(20_000) }), says: ['Banner'] },
  ]
}

const STALL = 'middle of the SSH handshake'

async function busyTwice(real: Promise<Hostile>): Promise<Hostile> {
  const inner = await real
  let left = 2
  const outer = await hostile((socket) => {
    if (left-- > 0) return saysAndLeaves('Exceeded MaxStartups\r\n')(socket)
    const through = connect(inner.port, '127.0.0.1')
    through.on('error', () => undefined)
    socket.pipe(through).pipe(socket)
  })
  return {
    ...outer,
    close: async () => {
      await Promise.all([outer.close(), inner.close()])
    },
  }
}
