import type { Facts, HostWish } from '../inventory/org.ts'
import { askTexts } from './ask.ts'
import { Fault } from './fault.ts'
import type { Remote } from './remote.ts'
import { Secret } from './secret.ts'

/** What first contact tells: the facts, how we become root, and what groundwork itself left there. */
export interface Contact {
  readonly facts: Facts
  /** The organization whose mark the host carries. */
  readonly organization: string | undefined
  /** The organization's key, where this host keeps it. */
  readonly key: Secret | undefined
  /** A change that an earlier run could not prove: still armed, or undone by the host itself. */
  readonly unproven: 'armed' | 'reverted' | undefined
  /** Docker volumes are there. */
  readonly volumes: boolean
}

/** Where a host keeps what groundwork must remember there. */
export const HOST_STATE = '/var/lib/groundwork'

// Root reads its own files directly, everybody else through a sudo that asks nothing.
const asRoot = (text: string) =>
  `if [ "$(id -u)" = 0 ]; then ${text}; else sudo -n true 2>/dev/null || exit 45; sudo -n -- /bin/sh -c '${text}'; fi`

const questions = {
  uid: 'id -u',
  // sudo takes its time to let root be root.
  sudo: '[ "$(id -u)" != 0 ] && sudo -n true 2>/dev/null && echo yes || echo no',
  release: 'cat /etc/os-release',
  architecture: 'dpkg --print-architecture',
  memory: 'while read -r name kib _; do [ "$name" != MemTotal: ] || echo $((kib / 1024)); done < /proc/meminfo',
  cores: 'nproc',
  address: "ip -4 -o route get 192.0.2.1 | sed -n 's/.* src \\([0-9.]*\\).*/\\1/p'",
  organization: asRoot(`[ -e ${HOST_STATE}/organization ] || exit 44; cat ${HOST_STATE}/organization`),
  key: asRoot(`[ -e ${HOST_STATE}/key ] || exit 44; cat ${HOST_STATE}/key`),
  unproven: asRoot(
    `if [ -e ${HOST_STATE}/guard/revert ]; then echo armed; elif [ -e ${HOST_STATE}/reverted ]; then echo reverted; else exit 44; fi`,
  ),
  volumes: asRoot('for one in /var/lib/docker/volumes/*/; do [ ! -d "$one" ] || { echo yes; exit 0; }; done; exit 44'),
}

/** Reads, in one session, what cannot change during a run; and finds out how to become root. */
export async function firstContact(
  host: HostWish,
  remote: Remote,
  sharesKernel: boolean,
  password?: () => Promise<Secret>,
): Promise<Contact> {
  const answers = await askAll(remote, true)
  const text = (name: keyof typeof questions): string => {
    const answer = answers[name]
    if (answer?.kind === 'text') return answer.text
    throw cannotTell(host, name, answer?.kind === 'unknown' ? answer.because : 'it said nothing')
  }
  remote.become = text('uid') === '0' ? 'root' : text('sudo') === 'yes' ? 'sudo' : await checked(host, remote, password)
  const own = remote.become instanceof Secret ? await askAll(remote, false) : answers
  const optional = (name: keyof typeof questions) => (own[name]?.kind === 'text' ? own[name].text : undefined)
  const key = optional('key')
  return {
    facts: {
      ...system(host, text('release')),
      architecture: text('architecture'),
      memoryMiB: Number(text('memory')),
      cores: Number(text('cores')),
      primaryAddress: text('address'),
      sharesKernel,
    },
    organization: optional('organization'),
    key: key === undefined ? undefined : new Secret(key),
    unproven: optional('unproven') as Contact['unproven'],
    volumes: optional('volumes') === 'yes',
  }
}

async function askAll(remote: Remote, plain: boolean) {
  const answers = await askTexts(remote, Object.values(questions), plain)
  return Object.fromEntries(Object.keys(questions).map((name, index) => [name, answers[index]])) as Partial<
    Record<keyof typeof questions, (typeof answers)[number]>
  >
}

// Validated once, alone: a wrong password stops here, before it could lock the account.
async function checked(host: HostWish, remote: Remote, password?: () => Promise<Secret>): Promise<Secret> {
  if (!password) {
    throw new Fault(`${host.user} may not become root on ${host.name}.`, {
      at: host.name,
      because: `${host.user} is not root, and sudo wants a password that nobody can be asked for here`,
      try: `name a file that holds the password as sudoPasswordFile of ${host.name}, run this on a terminal, or allow sudo without one:\n  echo '${host.user} ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/${host.user}`,
    })
  }
  const given = await password()
  remote.become = given
  let said = ''
  const ended = await remote.run('exit 0\n', {
    deadlineSeconds: 30,
    stdout: () => undefined,
    stderr: (chunk) => (said += chunk.toString()),
  })
  if (ended.exit === 0) return given
  throw new Fault(`sudo on ${host.name} does not take this password for ${host.user}.`, {
    at: host.name,
    because: said.trim().split('\n').at(-1),
    try: 'run the same command again; it was tried once',
  })
}

const supported: Readonly<Record<string, readonly string[]>> = { debian: ['12', '13'], ubuntu: ['22.04', '24.04'] }

function system(host: HostWish, release: string): { readonly distribution: string; readonly codename: string } {
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(release)?.[1] ?? ''
  const distribution = field('ID')
  if (!supported[distribution]?.includes(field('VERSION_ID'))) {
    throw new Fault(
      `${host.name} runs ${field('PRETTY_NAME') || 'an unknown system'}, which groundwork does not know.`,
      {
        at: host.name,
        because: 'it knows Debian 12 and 13, Ubuntu 22.04 and 24.04; nothing was touched',
        try: 'install one of these, or take the host out of the inventory',
      },
    )
  }
  return { distribution, codename: field('VERSION_CODENAME') }
}

const cannotTell = (host: HostWish, name: string, because: string): Fault =>
  new Fault(`${host.name} cannot be looked at.`, {
    at: `${host.name} › first contact › ${name}`,
    because,
    try: `log in by hand and look:  ssh ${host.user}@${host.address ?? host.name}`,
  })
