import type { HostWish } from '../inventory/org.ts'
import { Fault } from './fault.ts'
import type { Remote } from './remote.ts'
import { Secret } from './secret.ts'

/** Shell text (without single quotes) as root: directly, or through a sudo that asks nothing. */
export const asRoot = (text: string): string =>
  `if [ "$(id -u)" = 0 ]; then ${text}
elif command -v sudo >/dev/null; then sudo -n -- /bin/sh -c '${text}'
else echo 'there is no sudo' >&2; exit 1; fi`

/** Why sudo did not do it. The words are sudo's own, in the C locale. */
export type Refusal = 'no sudo' | 'password' | 'terminal' | 'forbidden' | 'unclear'

const words: readonly (readonly [RegExp, Refusal])[] = [
  [/there is no sudo/, 'no sudo'],
  [/must have a tty|terminal is required to (run|read) sudo|sudo: no tty present/, 'terminal'],
  [/not allowed to (execute|run)|not in the sudoers|may not run sudo/, 'forbidden'],
  [/a password is required/, 'password'],
]

export const refusalOf = (said: string): Refusal => words.find(([pattern]) => pattern.test(said))?.[1] ?? 'unclear'

/** Root cannot be had: which way of sudo was found, and the one line that mends it. */
export function noRoot(host: HostWish, refusal: Exclude<Refusal, 'unclear'>, said = ''): Fault {
  const { because, remedy } = refusals(host.user)[refusal]
  return new Fault(`${host.user} may not become root on ${host.name}.`, {
    at: host.name,
    because: `${host.user} is not root, and ${because}${said ? `\n${said}` : ''}`,
    try: remedy,
  })
}

const refusals = (
  user: string,
): Readonly<Record<Exclude<Refusal, 'unclear'>, { readonly because: string; readonly remedy: string }>> => {
  const allow = `echo '${user} ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/${user}`
  return {
    'no sudo': {
      because: 'there is no sudo on this host',
      remedy: `log in as root (firstUser: root), or as root on its console:\n  apt-get install -y sudo; ${allow}`,
    },
    password: {
      because: 'sudo wants a password that nobody can be asked for here',
      remedy: `name a file that holds the password as sudoPasswordFile of the host, run this on a terminal, or allow sudo without one:\n  ${allow}`,
    },
    terminal: {
      because: 'sudo wants a terminal (requiretty), which a script does not have',
      remedy: `as root on the host:\n  echo 'Defaults:${user} !requiretty' > /etc/sudoers.d/${user}-tty`,
    },
    forbidden: {
      because: 'sudo does not let it run a shell as root',
      remedy: `log in as somebody else (firstUser), or as root on the host:\n  ${allow}`,
    },
  }
}

/**
 * Validates the password once, alone: behind it stands nothing that sudo could take for a second try, so that a wrong
 * one counts once and locks no account.
 * @throws Fault where sudo does not take it
 */
export async function checkPassword(
  host: HostWish,
  remote: Remote,
  password: (() => Promise<Secret>) | undefined,
): Promise<Secret> {
  if (!password) throw noRoot(host, 'password')
  const given = await password()
  remote.become = new Secret(given.reveal().split('\n')[0] ?? '')
  let said = ''
  const ended = await remote.run('', {
    deadlineSeconds: 30,
    limitBytes: 64 * 1024,
    stdout: () => undefined,
    stderr: (chunk) => {
      said += chunk.toString()
    },
  })
  if (ended.exit === 0) return given
  const refusal = refusalOf(said)
  if (refusal === 'terminal' || refusal === 'forbidden') throw noRoot(host, refusal)
  throw new Fault(`sudo on ${host.name} does not take this password for ${host.user}.`, {
    at: host.name,
    because: ended.lost ? remote.lostBecause : said.trim().split('\n').at(-1) || 'it gave no answer within 30 s',
    try: 'run the same command again; it was tried once',
  })
}
