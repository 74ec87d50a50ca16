import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Sandbox, sandbox } from '../../test/lab/sandbox.ts'
import type { Wish } from './wish.ts'

/** One real host, which many sshd make look like many: each listens on an address of its own. */
export interface BenchHost {
  readonly addresses: readonly string[]
  readonly port: number
  /** Path of the private key that lets in as root. */
  readonly identity: string
  /** The host's public key, as known_hosts has it, and its fingerprint. */
  readonly hostKey: { readonly line: string; readonly fingerprint: string }
  /** What the sshd have logged since the last time it was asked. */
  readonly logged: () => Promise<Logged>
  /** Takes away what the wish made: the next run is a first one. */
  readonly forget: (wish: Wish) => Promise<void>
  readonly kernel: string
  readonly system: string
  readonly down: () => Promise<void>
}

export interface Logged {
  readonly connections: number
  readonly sessions: number
}

const NAME = 'bench-host'
const ORG = 'bench-peers'
const PORT = 2222
const LOG = '/var/log/bench-sshd.log'

/** Makes the host, with Python for those who need it, and as many sshd as wanted. Needs root. */
export async function benchHost(sshd: number): Promise<BenchHost> {
  const made = sandbox(ORG, inventory)
  try {
    return await furnish(made, sshd)
  } catch (error) {
    await made.down()
    throw error
  }
}

async function furnish(made: Sandbox, sshd: number): Promise<BenchHost> {
  const { exit, out, err } = await made.run('--only', 'ready')
  if (exit !== 0) throw new Error(`the sandbox host was not made:\n${out}${err}`)
  const network = (await made.address(NAME)).replace(/\.\d+$/, '')
  const addresses = Array.from({ length: sshd }, (_, index) => `${network}.${101 + index}`)
  const run = (text: string) => made.sh(NAME, text)
  await run(`${PYTHON}\n${addresses.map(startSshd).join('\n')}`)
  const line = (await run('cat /etc/ssh/ssh_host_ed25519_key.pub')).split(' ').slice(0, 2).join(' ')
  const fingerprint = (await run('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).split(' ')[1] ?? ''
  const system = await run('. /etc/os-release; echo "$PRETTY_NAME, $(ssh -V 2>&1 | cut -d, -f1)"')
  return {
    addresses,
    port: PORT,
    identity: join(made.state, 'groundwork', ORG, 'id_ed25519'),
    hostKey: { line, fingerprint },
    logged: async () => {
      const [connections = 0, sessions = 0] = (await run(COUNT)).split('\n').map(Number)
      return { connections, sessions }
    },
    forget: async (wish) => {
      await run(forget(wish))
    },
    kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(),
    system: system.trim(),
    down: made.down,
  }
}

const inventory = `organization: ${ORG}
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: ${NAME}, provider: sandbox, role: manager, release: trixie }]
`

// Ansible needs them on the host, and its apt module the second; it would else install that in every run.
const PYTHON = `export DEBIAN_FRONTEND=noninteractive
apt-get update -q >/dev/null && apt-get install -q -y --no-install-recommends python3 python3-apt >/dev/null`

// As Debian starts it; the log tells every connection and session at VERBOSE.
const startSshd = (address: string, index: number): string => `ip address add ${address}/24 dev host0
systemd-run --quiet --unit=bench-sshd-${index} /usr/sbin/sshd -D -o ListenAddress=${address} -o Port=${PORT} -o PidFile=none -o LogLevel=VERBOSE -E ${LOG}`

const COUNT = `for what in 'Connection from' 'Starting session'; do grep -c "$what" ${LOG} || true; done
: > ${LOG}`

const forget = ({ packages, users, files }: Wish): string => `export DEBIAN_FRONTEND=noninteractive
rm -rf ${[...new Set(files.map(({ path }) => path.slice(0, path.lastIndexOf('/'))))].join(' ')}
for name in ${users.join(' ')}; do if id "$name" >/dev/null 2>&1; then userdel --remove "$name" 2>/dev/null; fi; done
apt-get purge -q -y ${packages.join(' ')} >/dev/null
ln -sfn /usr/share/zoneinfo/Etc/UTC /etc/localtime
rm -rf /root/.ansible /tmp/pyinfra*`
