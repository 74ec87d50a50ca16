import type { Facts, HostWish } from '../inventory/org.ts'
import type { Answer } from './answer.ts'
import { askTexts, INTERFERES } from './ask-texts.ts'
import { Fault } from './fault.ts'
import { type Left, leftThere, readLeft } from './left-there.ts'
import type { Remote } from './remote.ts'
import { asRoot, checkPassword, noRoot, refusalOf } from './root.ts'
import type { Secret } from './secret.ts'
import { systemOf } from './system.ts'
import { missingTools, mustHaveTools } from './tools.ts'

/** What first contact tells: the facts, and what groundwork itself left there. */
export interface Contact extends Left {
  readonly facts: Facts
}

const CONTACT_SECONDS = 30

// The answers go into other hosts' files and commands: each has a form, and what has not is no answer.
const questions = {
  uid: { ask: 'id -u', form: /^\d+$/ },
  release: { ask: 'cat /etc/os-release', form: /^.{1,8192}$/s },
  tools: { ask: missingTools, form: /^[a-z0-9 -]*$/ },
  architecture: { ask: 'dpkg --print-architecture', form: /^[a-z0-9-]{1,20}$/ },
  memory: {
    // Its first line; the shell reads byte by byte, and all of it took as long as a program.
    ask: 'read -r name kib _ < /proc/meminfo; if [ "$name" = MemTotal: ]; then echo $((kib / 1024)); fi',
    form: /^\d{1,9}$/,
  },
  cores: { ask: 'nproc', form: /^\d{1,5}$/ },
  address: {
    // A host that has lost its way out still has the address at which we reached it. Behind it, what its interface carries.
    ask: `found= dev= mtu=
set -- $(ip -4 -o route get 192.0.2.1 2>/dev/null)
while [ $# -gt 1 ]; do
  case $1 in src) found=$2 ;; dev) dev=$2 ;; esac
  shift
done
if [ -z "$found" ]; then set -- $SSH_CONNECTION; found=$3; fi
if [ -r "/sys/class/net/$dev/mtu" ]; then read -r mtu < "/sys/class/net/$dev/mtu"; fi
echo "$found\${mtu:+ $mtu}"`,
    form: /^(\d{1,3}\.){3}\d{1,3}( \d{2,5})?$/,
  },
  // A container of any kind: the kernel, and with it clock, swap and most settings, is another machine's.
  container: { ask: 'systemd-detect-virt --container 2>/dev/null || true', form: /^[a-z0-9-]{0,30}$/ },
  left: { ask: asRoot(leftThere), form: /^.*$/s },
} as const
type Name = keyof typeof questions
const names = Object.keys(questions) as readonly Name[]

/** Reads, in one session, what cannot change during a run; and finds out how to become root. */
export async function firstContact(
  host: HostWish,
  remote: Remote,
  sharesKernel: boolean,
  password?: () => Promise<Secret>,
): Promise<Contact> {
  const answers = await askTexts(
    remote,
    names.map((name) => questions[name].ask),
    { as: 'login', deadlineSeconds: CONTACT_SECONDS },
  )
  const text = (name: Name): string => textOf(host, name, answers[names.indexOf(name)])
  const uid = text('uid')
  const system = systemOf(host, text('release'))
  mustHaveTools(host, text('tools'))
  const [primaryAddress = '', mtu] = text('address').split(' ')
  return {
    ...(await left(host, remote, uid, answers[names.indexOf('left')], password)),
    facts: {
      ...system,
      architecture: text('architecture'),
      memoryMiB: Number(text('memory')),
      cores: Number(text('cores')),
      primaryAddress,
      mtu: mtu === undefined ? undefined : Number(mtu),
      sharesKernel: sharesKernel || isContainer(text('container')),
    },
  }
}

// It says none, and nothing where there is no systemd.
const isContainer = (kind: string): boolean => kind !== '' && kind !== 'none'

async function left(
  host: HostWish,
  remote: Remote,
  uid: string,
  first: Answer | undefined,
  password: (() => Promise<Secret>) | undefined,
): Promise<Left> {
  remote.become = uid === '0' ? 'root' : 'sudo'
  if (uid === '0' || first?.kind !== 'unknown') return readLeft(textOf(host, 'left', first))
  const refusal = refusalOf(first.because)
  if (refusal === 'unclear') throw cannotTell(host, 'sudo', first.because)
  if (refusal !== 'password') throw noRoot(host, refusal)
  remote.become = await checkPassword(host, remote, password)
  const [again] = await askTexts(remote, [leftThere], { deadlineSeconds: CONTACT_SECONDS })
  return readLeft(textOf(host, 'left', again))
}

function textOf(host: HostWish, name: Name, answer: Answer | undefined): string {
  if (answer?.kind === 'unknown') throw cannotTell(host, name, answer.because)
  if (answer?.kind === 'text' && questions[name].form.test(answer.text)) return answer.text
  const said = answer?.kind === 'text' ? answer.text.slice(0, 200) : ''
  throw cannotTell(host, name, said ? `what it says cannot be: ${said}` : 'it said nothing')
}

function cannotTell(host: HostWish, name: string, because: string): Fault {
  const byHand = `log in by hand and look:  ssh ${host.user}@${host.address ?? host.name}`
  return new Fault(`${host.name} cannot be looked at.`, {
    at: `${host.name} › first contact › ${name}`,
    because,
    try: because.startsWith(INTERFERES)
      ? `look at what runs when ${host.user} logs in: its startup files (~/.bashrc), its shell (getent passwd ${host.user}), ForceCommand in sshd_config, command= in authorized_keys\n${byHand}`
      : byHand,
  })
}
