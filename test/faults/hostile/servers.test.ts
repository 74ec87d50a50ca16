import pLimit from 'p-limit'
import type { ServerChannel } from 'ssh2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  answer,
  drips,
  floods,
  type Hostile,
  hangsUp,
  hostile,
  ordinary,
  resets,
  type SshBehaviour,
  says,
  saysAndLeaves,
  silent,
  sshServer,
  stallsBehind,
} from '../../lab/hostile-server.ts'
import { part } from '../chance.ts'
import { type Expected, trials } from './trial.ts'

const { keyPair, plan, judge, end } = trials('hostile servers')
const operator = keyPair()
const host = keyPair()
const hostRsa = keyPair('rsa')
const stranger = keyPair()

const HANDSHAKE = 20
const START = 3

interface Case extends Expected {
  readonly behaviour: string
  readonly quick?: true
  readonly serve: () => Promise<Hostile>
  /** Of the host in the inventory; without it the right one. */
  readonly hostKey?: string | undefined
}

const ssh = (behaviour: Omit<SshBehaviour, 'hostKeys'> = {}, hostKeys = [host.private]) =>
  sshServer({ hostKeys, ...behaviour })

let real: Hostile
const stalling = (last: Parameters<typeof stallsBehind>[0]) => hostile(stallsBehind(last, () => real.port))

/** First contact as it should be; what comes then is hostile. */
const afterContact =
  (mistreat: NonNullable<SshBehaviour['run']>): SshBehaviour['run'] =>
  (channel, script, connection) => {
    if (!script.includes('/etc/os-release')) return mistreat(channel, script, connection)
    answer(channel, script, (probe) => ({ text: ordinary(probe) ?? '' }))
    ends(channel, 0)
  }

const lying =
  (pattern: RegExp, text: string | Buffer): SshBehaviour['run'] =>
  (channel, script) => {
    answer(channel, script, (probe) => ({ text: pattern.test(probe) ? text : (ordinary(probe) ?? '') }))
    ends(channel, 0)
  }

const ends = (channel: ServerChannel, exit: number) => {
  channel.exit(exit)
  channel.end()
}

const keepWriting = (
  stream: ServerChannel | ServerChannel['stderr'],
  piece: Buffer,
  total = Number.POSITIVE_INFINITY,
) => {
  let left = total
  const more = () => {
    while (left > 0 && !stream.destroyed) {
      left -= piece.length
      if (!stream.write(piece)) {
        stream.once('drain', more)
        return
      }
    }
  }
  more()
}

const block = Buffer.alloc(32 * 1024, 'y')
const evil = '\x1b[2J\x1b]0;owned\x07\u202egnp.exe\x00\x9b31m\r✓ everything is in sync'
const evilBytes = Buffer.concat([Buffer.from(evil), Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80])])

// How each must come out: the words, the exit status, the seconds.
const cases: readonly Case[] = [
  // The handshake
  {
    behaviour: 'takes the connection and says nothing',
    quick: true,
    serve: () => hostile(silent),
    says: ['said nothing'],
    exit: 1,
    deadlineSeconds: HANDSHAKE,
  },
  {
    behaviour: 'says its version at a byte a second',
    serve: () => hostile(drips('SSH-2.0-Slow_1.0 and so on and on\r\n')),
    says: ['middle of the SSH handshake'],
    exit: 1,
    deadlineSeconds: HANDSHAKE,
  },
  {
    behaviour: 'says lines for ever before its version',
    quick: true,
    serve: () => hostile(floods(Buffer.from('hello\r\n'.repeat(100)))),
    says: ['not an SSH server', 'hello'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'floods with zeros',
    serve: () => hostile(floods(Buffer.alloc(65536))),
    says: ['not an SSH server'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'stalls behind its version',
    serve: () => hostile(says('SSH-2.0-OpenSSH_9.9\r\n')),
    says: ['middle of the SSH handshake', 'MTU'],
    exit: 1,
    deadlineSeconds: HANDSHAKE,
  },
  {
    behaviour: 'stalls behind KEXINIT',
    quick: true,
    serve: () => stalling('kexInit'),
    says: ['middle of the SSH handshake'],
    exit: 1,
    deadlineSeconds: HANDSHAKE,
  },
  {
    behaviour: 'stalls behind the key exchange',
    serve: () => stalling('kexReply'),
    says: ['showed the right key'],
    exit: 1,
    deadlineSeconds: HANDSHAKE,
  },
  {
    behaviour: 'stalls behind NEWKEYS, at the service request',
    serve: () => stalling('newKeys'),
    says: ['showed the right key'],
    exit: 1,
    deadlineSeconds: HANDSHAKE,
  },
  {
    behaviour: 'stalls at the login',
    quick: true,
    serve: () => ssh({ login: () => undefined }),
    says: ['gave no answer to the login'],
    exit: 1,
    deadlineSeconds: HANDSHAKE,
  },
  {
    behaviour: 'announces a packet of 4 GiB',
    serve: () => hostile(says(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(64, 0xff)]))),
    says: ['cannot be reached', /packet/i],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'floods behind its version',
    serve: () => hostile(floods(Buffer.alloc(65536, 0x20), 'SSH-2.0-x\r\n')),
    says: ['cannot be reached'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'is a web server',
    quick: true,
    serve: () =>
      hostile((socket) => socket.once('data', () => saysAndLeaves('HTTP/1.1 400 Bad Request\r\n\r\n')(socket))),
    says: ['not an SSH server', 'HTTP/1.1 400'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'steers the terminal before its version',
    serve: () => hostile(saysAndLeaves(`${evil}\r\n`)),
    says: ['not an SSH server', '\\x1b[2J'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'resets each connection',
    serve: () => hostile(resets),
    says: ['reset', 'MaxStartups'],
    exit: 1,
    deadlineSeconds: 11 + START,
  },
  {
    behaviour: 'hangs up at once',
    serve: () => hostile(hangsUp),
    says: ['closed the connection before'],
    exit: 1,
    deadlineSeconds: 11 + START,
  },
  {
    behaviour: 'takes no more connections (MaxStartups)',
    serve: () => hostile(saysAndLeaves('Exceeded MaxStartups\r\n')),
    says: ['too many that have not logged in yet'],
    exit: 1,
    deadlineSeconds: 11 + START,
  },
  {
    behaviour: 'takes connections again after a while',
    serve: busyTwice,
    says: ['to change'],
    exit: 2,
    deadlineSeconds: 11 + START,
  },
  {
    behaviour: 'bans our address',
    quick: true,
    serve: () => hostile(saysAndLeaves('Not allowed at this time\r\n')),
    says: ['PerSourcePenalties', 'wait ten minutes'],
    exit: 1,
    deadlineSeconds: START,
  },
  // Its key, and the login
  {
    behaviour: 'shows another key',
    quick: true,
    serve: () => ssh({}, [stranger.private]),
    says: ['another host key', host.fingerprint, stranger.fingerprint],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'shows a key that nobody knows',
    quick: true,
    serve: () => ssh(),
    hostKey: undefined,
    says: ['not known yet', host.fingerprint],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'shows an ed25519 key first, and we know its RSA key',
    serve: () => ssh({ run: afterContact(silently) }, [host.private, hostRsa.private]),
    hostKey: hostRsa.fingerprint,
    says: ['to change'],
    exit: 2,
    deadlineSeconds: START,
  },
  {
    behaviour: 'refuses the login',
    quick: true,
    serve: () => ssh({ login: (login) => login.reject() }),
    says: ['does not let us in as root', operator.fingerprint],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'greets with 1 MiB of escape codes',
    quick: true,
    serve: () => ssh({ banner: evil.repeat(20_000), run: afterContact(silently) }),
    says: ['to change'],
    exit: 2,
    deadlineSeconds: START,
  },
  // Sessions
  {
    behaviour: 'never answers a request for a session',
    serve: () => ssh({ session: () => undefined }),
    says: ['no session within 20 s'],
    exit: 1,
    deadlineSeconds: 20 + START,
  },
  {
    behaviour: 'refuses every session',
    quick: true,
    serve: () => ssh({ session: (_accept, reject) => reject() }),
    says: ['does not run what we send', 'Git'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'never answers a command',
    serve: () => ssh({ exec: () => undefined }),
    says: ['no session within 20 s'],
    exit: 1,
    deadlineSeconds: 20 + START,
  },
  {
    behaviour: 'refuses every command',
    serve: () => ssh({ exec: (_accept, reject) => reject() }),
    says: ['does not run what we send'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'takes a command and is silent',
    serve: () => ssh({ run: () => undefined }),
    says: ['no answer within 30 s'],
    exit: 1,
    deadlineSeconds: 30 + START,
  },
  {
    behaviour: 'hangs up behind the login',
    serve: () => ssh({ session: (_accept, _reject, connection) => connection.end() }),
    says: ['connection was lost'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'hangs up in the middle of an answer',
    quick: true,
    serve: () =>
      ssh({
        run: (channel, script, connection) => {
          channel.write(/\\n([0-9a-f]{24})/.exec(script)?.[1] ?? '')
          connection.end()
        },
      }),
    says: ['connection was lost'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'closes the channel without a word',
    serve: () => ssh({ run: (channel) => channel.end() }),
    says: ['login shell interferes', 'printed nothing'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'ends with 0 and says nothing',
    quick: true,
    serve: () => ssh({ run: (channel) => ends(channel, 0) }),
    says: ['login shell interferes', 'exit 0'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'ends with 255',
    serve: () => ssh({ run: (channel) => ends(channel, 255) }),
    says: ['exit 255'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'is killed by a signal',
    serve: () =>
      ssh({
        run: (channel) => {
          channel.exit('KILL')
          channel.end()
        },
      }),
    says: ['login shell interferes'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'answers all, and gives no exit status',
    quick: true,
    serve: () =>
      ssh({
        run: (channel, script) => {
          answer(channel, script, (probe) => ({ text: ordinary(probe) ?? '' }))
          channel.end()
        },
      }),
    says: ['to change'],
    exit: 2,
    deadlineSeconds: START,
  },
  {
    behaviour: 'answers all, and keeps the channel open',
    serve: () =>
      ssh({ run: (channel, script) => answer(channel, script, (probe) => ({ text: ordinary(probe) ?? '' })) }),
    says: ['to change'],
    exit: 2,
    deadlineSeconds: 8 + START,
  },
  {
    behaviour: 'answers all, and ends with 255',
    serve: () =>
      ssh({
        run: (channel, script) => {
          answer(channel, script, (probe) => ({ text: ordinary(probe) ?? '' }))
          ends(channel, 255)
        },
      }),
    says: ['to change'],
    exit: 2,
    deadlineSeconds: START,
  },
  // Output
  {
    behaviour: 'prints 1 GB',
    serve: () => ssh({ run: (channel) => keepWriting(channel, block, 1e9) }),
    says: ['more than'],
    exit: 1,
    deadlineSeconds: 10,
  },
  {
    behaviour: 'prints for ever on stdout',
    quick: true,
    serve: () => ssh({ run: (channel) => keepWriting(channel, block) }),
    says: ['more than'],
    exit: 1,
    deadlineSeconds: 10,
  },
  {
    behaviour: 'prints for ever on stderr',
    serve: () => ssh({ run: (channel) => keepWriting(channel.stderr, block) }),
    says: ['more than'],
    exit: 1,
    deadlineSeconds: 10,
  },
  {
    behaviour: 'prints for ever behind its last mark',
    quick: true,
    serve: () =>
      ssh({
        run: (channel, script) => {
          answer(channel, script, (probe) => ({ text: ordinary(probe) ?? '' }))
          keepWriting(channel, block)
        },
      }),
    says: ['to change'],
    exit: 2,
    deadlineSeconds: 20,
  },
  {
    behaviour: 'answers every question with 4 MiB',
    serve: () =>
      ssh({
        run: afterContact((channel, script) => {
          answer(channel, script, () => ({ text: Buffer.alloc(4 * 1024 * 1024 - 1, 'x') }))
          ends(channel, 0)
        }),
      }),
    says: ['more than'],
    exit: 1,
    deadlineSeconds: 15,
  },
  {
    behaviour: 'answers every question with 100 KiB',
    serve: () =>
      ssh({
        run: afterContact((channel, script) => {
          answer(channel, script, () => ({ text: Buffer.alloc(100 * 1024, 'x') }))
          ends(channel, 0)
        }),
      }),
    says: ['to change'],
    exit: 2,
    deadlineSeconds: 15,
  },
  {
    behaviour: 'answers byte by byte',
    serve: () =>
      ssh({
        run: afterContact((channel, script) => {
          byteByByte(channel)
          answer(channel, script, () => ({ text: Buffer.alloc(2000, 'x') }))
          ends(channel, 0)
        }),
      }),
    says: ['to change'],
    exit: 2,
    deadlineSeconds: 30,
  },
  {
    behaviour: 'fails every question with 100 KiB of stderr',
    serve: () =>
      ssh({
        run: afterContact((channel, script) => {
          answer(channel, script, () => ({ text: '', error: Buffer.alloc(100 * 1024, 'e'), exit: 1 }))
          ends(channel, 0)
        }),
      }),
    says: ['eee'],
    exit: 1,
    deadlineSeconds: 15,
  },
  {
    behaviour: 'answers with escape codes, NULs, BiDi marks and broken UTF-8',
    quick: true,
    serve: () =>
      ssh({
        run: afterContact((channel, script) => {
          answer(channel, script, () => ({ text: evilBytes, error: evilBytes }))
          ends(channel, 0)
        }),
      }),
    says: ['\\x1b[2J', 'to change'],
    exit: 2,
    deadlineSeconds: 5,
  },
  {
    behaviour: 'fails with escape codes, NULs, BiDi marks and broken UTF-8',
    serve: () =>
      ssh({
        run: afterContact((channel, script) => {
          answer(channel, script, () => ({ text: evilBytes, error: evilBytes, exit: 3 }))
          ends(channel, 0)
        }),
      }),
    says: ['\\x1b[2J'],
    exit: 1,
    deadlineSeconds: 5,
  },
  // Lies
  {
    behaviour: 'gives an address that is a command',
    quick: true,
    serve: () => ssh({ run: lying(/route get/, '10.0.0.1; reboot') }),
    says: ['first contact › address', 'cannot be'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'gives an architecture of two lines',
    serve: () => ssh({ run: lying(/print-arch/, 'amd64\n10.0.0.9 login.example.org') }),
    says: ['first contact › architecture'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'names a system that steers the terminal',
    quick: true,
    serve: () =>
      ssh({
        run: lying(/os-release/, `ID=debian\nPRETTY_NAME="${evil}"\nVERSION_ID="13"\nVERSION_CODENAME=../../etc\n`),
      }),
    says: ['does not know', '\\x1b[2J'],
    exit: 1,
    deadlineSeconds: START,
  },
  {
    behaviour: 'marks its answers in another order',
    serve: () => ssh({ run: afterContact(shuffled) }),
    says: ['did not come to its end'],
    exit: 1,
    deadlineSeconds: 5,
  },
  {
    behaviour: 'marks two million answers',
    serve: () => ssh({ run: afterContact(overmarked) }),
    says: [/to change|more than/],
    exit: 2,
    deadlineSeconds: 15,
  },
]

function silently(channel: ServerChannel, script: string): void {
  answer(channel, script, () => ({ text: '' }))
  ends(channel, 0)
}

function shuffled(channel: ServerChannel, script: string): void {
  const nonce = /printf '\\n([0-9a-f]{24})/.exec(script)?.[1] ?? ''
  for (const stream of [channel, channel.stderr])
    for (const words of ['BEGIN', '5 0', 'BEGIN', '3 0', '7 44', 'END']) stream.write(`\n${nonce} ${words}\n`)
  ends(channel, 0)
}

function overmarked(channel: ServerChannel, script: string): void {
  const nonce = /printf '\\n([0-9a-f]{24})/.exec(script)?.[1] ?? ''
  const marks = Array.from({ length: 1_000_000 }, (_, index) => `\n${nonce} ${index} 0\n`)
  for (const stream of [channel, channel.stderr]) {
    stream.write(`\n${nonce} BEGIN\n`)
    stream.write(marks.slice(0, 250_000).join(''))
    stream.write(`\n${nonce} END\n`)
  }
  ends(channel, 0)
}

function byteByByte(channel: ServerChannel): void {
  for (const stream of [channel, channel.stderr] as readonly NodeJS.WritableStream[]) {
    const whole = stream.write.bind(stream) as (bytes: Buffer) => boolean
    stream.write = ((bytes: Buffer | string) => {
      const buffer = Buffer.from(bytes as string)
      for (let at = 0; at < buffer.length; at++) whole(buffer.subarray(at, at + 1))
      return true
    }) as typeof stream.write
  }
}

async function busyTwice(): Promise<Hostile> {
  const inner = await ssh({ run: afterContact(silently) })
  let left = 2
  const { connect } = await import('node:net')
  const outer = await hostile((socket) => {
    if (left-- > 0) return saysAndLeaves('Exceeded MaxStartups\r\n')(socket)
    const through = connect(inner.port, '127.0.0.1')
    through.on('error', () => undefined)
    socket.pipe(through).pipe(socket)
  })
  return { ...outer, close: async () => void (await Promise.all([outer.close(), inner.close()])) }
}

describe.concurrent('a plan of a host whose server', () => {
  // As many at once as a small machine bears, so that waiting costs no time and the seconds stay true.
  const atOnce = pLimit(4)
  beforeAll(async () => {
    real = await ssh()
  })
  afterAll(async () => {
    await real.close()
    end()
  })

  test.for(cases.filter(({ quick }) => part(quick, true)))('$behaviour', { timeout: 300_000 }, (one) =>
    atOnce(async () => {
      const server = await one.serve()
      const hostKey = 'hostKey' in one ? one.hostKey : host.fingerprint
      const came = await plan(
        `address: 127.0.0.1, port: ${server.port}, identity: ${operator.path}${hostKey ? `, hostKey: "${hostKey}"` : ''}`,
        operator.public,
      )
      await server.close()
      expect(judge(one.behaviour, came, one)).toEqual([])
    }),
  )

  test.todo('nothing was sent to a wrong host')
})
