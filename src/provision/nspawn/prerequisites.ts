import { readdir } from 'node:fs/promises'
import type { Report } from '../../engine/event.ts'
import { Fault } from '../../engine/fault.ts'
import { exists } from './files.ts'
import { answerOf, run } from './run.ts'

/** What sandbox hosts need of this machine: a file that shows that it is there, the Debian or Ubuntu package that brings it, and why. */
const needs: readonly { readonly file: string; readonly name: string; readonly why: string }[] = [
  { file: '/usr/bin/systemd-nspawn', name: 'systemd-container', why: 'runs the host' },
  { file: '/usr/bin/mmdebstrap', name: 'mmdebstrap', why: 'makes its Debian' },
  {
    file: '/usr/share/keyrings/debian-archive-keyring.gpg',
    name: 'debian-archive-keyring',
    why: 'knows Debian’s keys',
  },
  { file: '/usr/sbin/nft', name: 'nftables', why: 'lets it reach the outside' },
  { file: '/usr/sbin/ip', name: 'iproute2', why: 'gives it a network' },
  { file: '/usr/bin/ssh-keygen', name: 'openssh-client', why: 'makes its keys' },
]

/** Installs what sandbox hosts need of this machine and it lacks, saying so first. @throws Fault where that cannot be. */
export async function prerequisites(report: Report): Promise<void> {
  const lacking = (await Promise.all(needs.map(async (need) => ((await exists(need.file)) ? [] : [need])))).flat()
  await possible(lacking.map(({ name }) => name))
  if (!lacking.length) return
  const named = lacking.map(({ name, why }) => `${name} (${why})`).join(', ')
  report({ event: 'note', text: `Installing on this machine, as the sandbox needs it: ${named}.` })
  await aptLists()
  await run('apt-get', ['install', ...aptWords, ...lacking.map(({ name }) => name)])
}

/** What every apt-get here gets: no questions, only what is needed, and patience with another apt (seconds). */
export const aptWords = ['--yes', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300']

/** Fetches apt's package lists where this machine has none, as in a fresh container. */
export async function aptLists(): Promise<void> {
  const lists = await readdir('/var/lib/apt/lists').catch(() => [])
  if (lists.some((name) => name.includes('_Packages'))) return
  // Without --error-on=any, apt-get update succeeds where it fetched nothing.
  await run('apt-get', ['update', '--error-on=any', '-o', 'DPkg::Lock::Timeout=300'])
}

async function possible(lacking: readonly string[]): Promise<void> {
  const install = `apt-get install ${lacking.join(' ') || 'systemd-container'}`
  if (process.platform !== 'linux') {
    throw new Fault('A sandbox host needs Linux.', {
      because: `this machine runs ${process.platform}`,
      try: 'run groundwork in a Debian virtual machine, or name a host with provider: existing in the inventory',
    })
  }
  if (process.getuid?.() !== 0) {
    throw new Fault('A sandbox host needs root on this machine.', {
      because: 'it has a network, mounts and a process tree of its own, which only root may make',
      try: `sudo --preserve-env=PATH npx tsx ${process.argv.slice(1).map(shortened).join(' ') || 'bootstrap.ts …'}`,
    })
  }
  if (lacking.length && (await answerOf('apt-get', ['--version'])).exit !== 0) {
    throw new Fault('The sandbox lacks programs on this machine, and there is no apt-get to install them.', {
      because: `missing: ${lacking.join(', ')}`,
      try: `install them by this system’s own means (on Debian or Ubuntu: ${install}), then run the same command again`,
    })
  }
}

const shortened = (word: string, index: number): string => (index === 0 ? (word.split('/').at(-1) ?? word) : word)
