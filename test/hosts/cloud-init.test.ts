import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { userDataFor } from '../../src/provision/first-contact/index.ts'
import { chance, part } from '../faults/chance.ts'
import { keysIn } from '../lab/first-boot.ts'
import { groundwork } from '../lab/groundwork.ts'
import { type Sandbox, sandbox } from '../lab/sandbox.ts'

const ORG = 'booted'
const inventory = (operator: string, host: string) => `
organization: ${ORG}
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: ["${operator}"] }]
hosts: [{ name: bee, role: manager, labels: { role: storage }, ${host} }]
`

// The stages of a boot, by hand: the host stays up, and nothing waits for networks.
const BOOT = `rm -rf /run/cloud-init; mkdir -p /run/cloud-init
for stage in "init --local" init "modules --mode=config" "modules --mode=final"; do
  timeout 60 cloud-init $stage </dev/null >/dev/null 2>&1 || echo "$stage failed" >&2
done
systemctl restart ssh
ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub | cut -d ' ' -f 2`

// Every program that starts from here on is told a time that is an hour ago.
const LATE = `echo "$(find /usr/lib -name libfaketime.so.1)" > /etc/ld.so.preload
echo -1h > /etc/faketimerc`

interface Boot {
  readonly release: 'trixie' | 'bookworm'
  /** Whom the image and the inventory name. */
  readonly firstUser: string
}
const boots: readonly Boot[] = [
  { release: 'trixie', firstUser: 'root' },
  { release: 'bookworm', firstUser: 'debian' },
]
// One each time, since each takes half a minute; both with FAULTS=whole.
const begin = Math.floor(chance('cloud-init')() * boots.length)

let box: Sandbox
afterEach(async () => {
  await box.down()
  vi.unstubAllEnvs()
})

// Debian's own cloud-init takes our user data, and lives with what is left of it.
test.each(part(boots.slice(begin, begin + 1), boots))(
  'what cloud-init of $release makes of our user data is met as $firstUser, replaced, and stays so at later boots',
  async ({ release, firstUser }) => {
    box = sandbox(
      ORG,
      inventory('generated', `provider: sandbox, release: ${release}`).replace('"generated"', 'generated'),
    )
    vi.stubEnv('XDG_STATE_HOME', box.state)
    await box.upTo('ready')
    const identity = join(box.state, 'groundwork', ORG, 'id_ed25519')
    const operator = readFileSync(`${identity}.pub`, 'utf8').trim()
    const operators = [{ name: 'ana', keys: [operator] }]
    const { userData } = await userDataFor({ name: ORG, operators }, { name: 'bee', firstUser })
    const { canary } = keysIn(userData.reveal())
    const seed = '/var/lib/cloud/seed/nocloud'
    const first = await box.sh(
      'bee',
      `{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends cloud-init libfaketime; } >/dev/null 2>&1
mkdir -p ${seed}
cat > ${seed}/user-data <<'DATA'
${userData.reveal()}
DATA
printf 'instance-id: i-1\\nlocal-hostname: bee\\n' > ${seed}/meta-data
echo 'datasource_list: [ NoCloud ]' > /etc/cloud/cloud.cfg.d/90_source.cfg
: > /root/.ssh/authorized_keys
${LATE}
${BOOT}`,
    )

    const file = join(box.state, 'own.yaml')
    const address = await box.address('bee')
    const words = `provider: existing, firstUser: ${firstUser}, address: ${address}, identity: ${identity}`
    writeFileSync(file, inventory(operator, words))
    const onBee = (text: string) => asRoot(`${firstUser}@${address}`, identity, text)
    expect(Number(await onBee('date +%s'))).toBeLessThan(Date.now() / 1000 - 3000)
    const run = () => groundwork(['--only', 'ready', '--inventory', file], { XDG_STATE_HOME: box.state })
    // It also sets the clock right, where the kernel is the host's own.
    const late = await run()
    expect(late.out, first + late.out + late.err).toContain('has a key of its own now')
    await onBee('rm /etc/ld.so.preload; systemctl restart ssh')
    const { exit, out, err } = await run()
    expect(exit, late.out + out + err).toBe(0)
    expect(out).not.toContain('has a key of its own now')
    const own = /hostKey: (\S+)/.exec(readFileSync(join(box.state, `${ORG}.lock.yaml`), 'utf8'))?.[1] ?? ''
    expect(first).not.toContain(own)

    const left = `grep -rlsaF '${canary}' /etc /root /home /run /var/lib /var/log; grep -rs HostCertificate /etc/ssh; true`
    expect(await onBee(left)).toBe('')
    expect(await onBee(BOOT)).toBe(`${own}\n`)
    expect(await onBee(left)).toBe('')
    // It takes the host for another one.
    const other = `echo '#cloud-config' > ${seed}/user-data; echo 'instance-id: i-2' > ${seed}/meta-data`
    expect(await onBee(`${other}\n${BOOT}`)).toBe(`${own}\n`)
  },
)

// root may be shut out, as an image with a first user of its own has it.
const asRoot = (login: string, identity: string, text: string): Promise<string> =>
  new Promise((done, failed) => {
    const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR']
    const words = options.flatMap((option) => ['-o', option])
    const child = execFile('ssh', [...words, '-i', identity, login, 'exec sudo /bin/sh -s'], (error, out) =>
      error ? failed(error) : done(out),
    )
    child.stdin?.end(text)
  })
