import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { fingerprint } from '../../../src/engine/host-key.ts'
import { type Came, groundwork } from '../../lab/groundwork.ts'

/** What a host does, and what a plan of it must come to. */
export interface Expected {
  /** Each must stand in what is printed. */
  readonly says: readonly (string | RegExp)[]
  /** None of these may. */
  readonly neverSays?: readonly string[]
  readonly exit: number
  /** Ours, not the test's: what is promised. Two seconds more are allowed. */
  readonly deadlineSeconds: number
}

const ALLOWANCE_SECONDS = 2
const MEMORY_MIB = 150

/** A key pair of this test, its private half in a file. */
export interface KeyPair {
  readonly path: string
  readonly private: string
  readonly public: string
  readonly fingerprint: string
}

/** Where the trials of one file happen, and what they came to. */
export function trials(name: string) {
  const directory = mkdtempSync(join(tmpdir(), `groundwork-${name}-`))
  const seen: {
    readonly behaviour: string
    readonly right: boolean
    readonly over: number
    readonly peakMiB: number
  }[] = []
  let count = 0

  const keyPair = (type: 'ed25519' | 'rsa' = 'ed25519'): KeyPair => {
    const path = join(directory, `key-${count++}`)
    execFileSync('ssh-keygen', ['-q', '-t', type, '-b', '2048', '-N', '', '-C', '', '-f', path])
    const text = { private: readFileSync(path, 'utf8'), public: readFileSync(`${path}.pub`, 'utf8') }
    const parsed = ssh2.utils.parseKey(text.public)
    if (parsed instanceof Error) throw parsed
    return { path, ...text, fingerprint: fingerprint(parsed.getPublicSSH()) }
  }

  /** Plans one host, given as the words of its inventory entry; its port is sshd's in the end as well. */
  const plan = (host: string, operatorKey: string, ...more: readonly string[]): Promise<Came> => {
    const file = join(directory, `org-${count++}.yaml`)
    writeFileSync(
      file,
      `organization: hostile\ncontact: ops@example.org\nplatform: demo\noperators: [{ name: ana, keys: ["${operatorKey.trim()}"] }]\nhosts: [{ name: odd, provider: existing, role: manager, labels: { role: storage }, ${host} }]\nssh: { port: ${/port: (\d+)/.exec(host)?.[1] ?? 22} }\n`,
    )
    return groundwork(['--plan', '--inventory', file, ...more], { XDG_STATE_HOME: directory, SSH_AUTH_SOCK: '' })
  }

  /** @returns what is wrong with it; empty where all is right */
  const judge = (
    behaviour: string,
    came: Came,
    { says, neverSays = [], exit, deadlineSeconds }: Expected,
  ): readonly string[] => {
    const printed = came.out + came.err
    const over = came.secondsFromFirstWord - deadlineSeconds
    const wrong = [
      ...(came.exit === exit ? [] : [`exit ${came.exit}, expected ${exit}`]),
      ...says.filter((words) => !matches(printed, words)).map((words) => `does not say ${words}`),
      ...neverSays.filter((words) => printed.includes(words)).map((words) => `says ${words}`),
      ...(printed.includes('bug in groundwork') ? ['it calls itself a bug'] : []),
      ...(over > ALLOWANCE_SECONDS
        ? [`took ${came.secondsFromFirstWord.toFixed(1)} s, promised ${deadlineSeconds} s`]
        : []),
      ...(came.peakMiB > MEMORY_MIB ? [`held ${came.peakMiB.toFixed(0)} MiB`] : []),
      ...(STEERING.test(printed) ? ['prints raw what steers a terminal'] : []),
    ]
    seen.push({ behaviour, right: !wrong.length, over, peakMiB: came.peakMiB })
    return wrong.length ? [...wrong, printed.slice(0, 3000)] : []
  }

  const end = () => {
    rmSync(directory, { recursive: true, force: true })
    const worst = <Key extends 'over' | 'peakMiB'>(key: Key) =>
      [...seen].sort((one, other) => other[key] - one[key])[0] ?? { behaviour: '', over: 0, peakMiB: 0 }
    const right = seen.filter((one) => one.right).length
    console.log(
      `${name}: ${right} of ${seen.length} behaviours right · most memory ${worst('peakMiB').peakMiB.toFixed(0)} MiB (${worst('peakMiB').behaviour}) · worst overrun ${Math.max(0, worst('over').over).toFixed(1)} s (${worst('over').behaviour})`,
    )
  }
  return { directory, keyPair, plan, judge, end }
}

const matches = (printed: string, words: string | RegExp): boolean =>
  typeof words === 'string' ? printed.includes(words) : words.test(printed)

const STEERING = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/
