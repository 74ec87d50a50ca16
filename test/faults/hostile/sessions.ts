import type { ServerChannel } from 'ssh2'
import {
  answer,
  endWith,
  type Hostile,
  marker,
  ordinary,
  type SshBehaviour,
  writesForEver,
} from '../../lab/hostile-server.ts'
import { AT_ONCE, type Case, EVIL, PLANNED } from './case.ts'

type Run = NonNullable<SshBehaviour['run']>
type Ssh = (behaviour: Omit<SshBehaviour, 'hostKeys'>) => Promise<Hostile>

const OPENING = { exit: 1, deadlineSeconds: 22 }
const CONTACT = { exit: 1, deadlineSeconds: 32 }
const TOO_MUCH = { exit: 1, deadlineSeconds: 15, says: ['more than 8 MiB'] }
const BLOCK = Buffer.alloc(32 * 1024, 'y')
const BROKEN = Buffer.concat([Buffer.from(EVIL), Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80])])

const truly = (channel: ServerChannel, script: string) =>
  answer(channel, script, (probe) => ({ text: ordinary(probe) ?? '' }))

// First contact as it should be; what comes then is hostile.
const later =
  (mistreat: Run): Run =>
  (channel, script, connection) => {
    if (!script.includes('/etc/os-release')) return mistreat(channel, script, connection)
    truly(channel, script)
    endWith(channel, 0)
  }

const all = (given: { readonly text: string | Buffer; readonly error?: Buffer; readonly exit?: number }): Run =>
  later((channel, script) => {
    answer(channel, script, () => given)
    endWith(channel, 0)
  })

const lie =
  (pattern: RegExp, text: string): Run =>
  (channel, script) => {
    answer(channel, script, (probe) => ({ text: pattern.test(probe) ? text : (ordinary(probe) ?? '') }))
    endWith(channel, 0)
  }

const marks = (words: readonly string[]): Run =>
  later((channel, script) => {
    for (const stream of [channel, channel.stderr]) stream.write(words.map(marker(script)).join(''))
    endWith(channel, 0)
  })

const release = (name: string, codename: string) =>
  `ID=debian\nPRETTY_NAME="${name}"\nVERSION_ID="13"\nVERSION_CODENAME=${codename}\n`
const million = ['BEGIN', ...Array.from({ length: 250_000 }, (_, index) => `${index} 0`), 'END']

/** Behind the login: sessions and how they end, what is printed, lies. */
export const sessions = (ssh: Ssh): readonly Case[] => {
  const run = (mistreat: Run) => () => ssh({ run: mistreat })
  return [
    {
      ...OPENING,
      behaviour: 'never answers a request for a session',
      serve: () => ssh({ session: () => undefined }),
      says: ['no session within 20 s'],
    },
    {
      ...OPENING,
      behaviour: 'never answers a command',
      serve: () => ssh({ exec: () => undefined }),
      says: ['no session within 20 s'],
    },
    {
      ...AT_ONCE,
      behaviour: 'refuses every session',
      quick: true,
      serve: () => ssh({ session: (_, reject) => reject() }),
      says: ['does not run what we send', 'Git'],
    },
    {
      ...AT_ONCE,
      behaviour: 'refuses every command',
      serve: () => ssh({ exec: (_, reject) => reject() }),
      says: ['does not run what we send'],
    },
    {
      ...CONTACT,
      behaviour: 'takes a command and is silent',
      serve: run(() => undefined),
      says: ['no answer within 30 s'],
    },
    {
      ...AT_ONCE,
      behaviour: 'hangs up behind the login',
      serve: () => ssh({ session: (_, _reject, connection) => connection.end() }),
      says: ['connection was lost'],
    },
    {
      ...AT_ONCE,
      behaviour: 'hangs up in the middle of an answer',
      quick: true,
      serve: run((channel, script, connection) => {
        channel.write(marker(script)('BEGIN'))
        connection.end()
      }),
      says: ['connection was lost'],
    },
    {
      ...AT_ONCE,
      behaviour: 'ends without an exit status',
      serve: run((channel) => channel.end()),
      says: ['login shell interferes', 'printed nothing'],
    },
    {
      ...AT_ONCE,
      behaviour: 'ends with 0, and did nothing',
      quick: true,
      serve: run((channel) => endWith(channel, 0)),
      says: ['login shell interferes', 'exit 0'],
    },
    { ...AT_ONCE, behaviour: 'ends with 255', serve: run((channel) => endWith(channel, 255)), says: ['exit 255'] },
    {
      ...AT_ONCE,
      behaviour: 'is killed by a signal',
      serve: run((channel) => endWith(channel, 'KILL')),
      says: ['login shell interferes'],
    },
    {
      ...PLANNED,
      behaviour: 'answers, without an exit status',
      quick: true,
      serve: run((channel, script) => {
        truly(channel, script)
        channel.end()
      }),
    },
    {
      ...PLANNED,
      behaviour: 'answers, and ends with 255',
      serve: run((channel, script) => {
        truly(channel, script)
        endWith(channel, 255)
      }),
    },
    { ...PLANNED, behaviour: 'answers, and keeps the channel open', serve: run(truly) },
    { ...TOO_MUCH, behaviour: 'prints 1 GB', serve: run((channel) => writesForEver(channel, BLOCK, 1e9)) },
    { ...TOO_MUCH, behaviour: 'prints for ever', quick: true, serve: run((channel) => writesForEver(channel, BLOCK)) },
    {
      ...TOO_MUCH,
      behaviour: 'prints for ever on stderr',
      serve: run((channel) => writesForEver(channel.stderr, BLOCK)),
    },
    {
      ...PLANNED,
      behaviour: 'prints for ever behind its last mark',
      quick: true,
      serve: run((channel, script) => {
        truly(channel, script)
        writesForEver(channel, BLOCK)
      }),
    },
    {
      ...TOO_MUCH,
      behaviour: 'answers each question with 4 MiB',
      quick: true,
      serve: run(all({ text: Buffer.alloc(4 * 1024 * 1024 - 1, 'x') })),
    },
    {
      ...PLANNED,
      behaviour: 'answers each question with 100 KiB',
      serve: run(all({ text: Buffer.alloc(100 * 1024, 'x') })),
    },
    { ...PLANNED, behaviour: 'answers byte by byte', serve: run(later(byteByByte)), deadlineSeconds: 30 },
    {
      behaviour: 'fails each question with 100 KiB',
      serve: run(all({ text: '', error: Buffer.alloc(100 * 1024, 'e'), exit: 3 })),
      says: ['eee'],
      exit: 1,
      deadlineSeconds: 15,
    },
    {
      ...PLANNED,
      behaviour: 'answers with escape codes, NULs, BiDi marks and broken UTF-8',
      quick: true,
      serve: run(all({ text: BROKEN, error: BROKEN })),
      says: ['\\x1b[2J'],
    },
    {
      behaviour: 'fails with escape codes, NULs, BiDi marks and broken UTF-8',
      serve: run(all({ text: BROKEN, error: BROKEN, exit: 3 })),
      says: ['\\x1b[2J'],
      exit: 1,
      deadlineSeconds: 15,
    },
    {
      ...AT_ONCE,
      behaviour: 'gives an address that is a command',
      quick: true,
      serve: run(lie(/route get/, '10.0.0.1; reboot')),
      says: ['first contact › address', 'cannot be'],
    },
    {
      ...AT_ONCE,
      behaviour: 'gives an architecture of two lines',
      serve: run(lie(/print-arch/, 'amd64\n10.0.0.9 login.example.org')),
      says: ['first contact › architecture'],
    },
    {
      ...AT_ONCE,
      behaviour: 'names its system with escape codes',
      quick: true,
      serve: run(lie(/os-release/, release(EVIL, '../../etc'))),
      says: ['does not know', '\\x1b[2J'],
    },
    {
      behaviour: 'marks its answers in another order',
      serve: run(marks(['BEGIN', '5 0', 'BEGIN', '3 0', '7 44', 'END'])),
      says: ['did not come to its end'],
      exit: 1,
      deadlineSeconds: 15,
    },
    { ...TOO_MUCH, behaviour: 'marks a quarter of a million answers', serve: run(marks(million)) },
  ]
}

function byteByByte(channel: ServerChannel, script: string): void {
  const written: Buffer[] = []
  const paper = {
    write: (bytes: string | Buffer) => written.push(Buffer.from(bytes as string)),
    stderr: { write: () => true },
  }
  answer(paper as unknown as ServerChannel, script, () => ({ text: Buffer.alloc(2000, 'x') }))
  for (const byte of Buffer.concat(written)) channel.write(Buffer.of(byte))
  endWith(channel, 0)
}
