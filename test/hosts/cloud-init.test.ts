import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { userDataFor } from '../../src/provision/first-contact/index.ts'
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
  timeout 60 cloud-init $stage </dev/null >/dev/null 2>&1 || echo "$stage failed"
done
systemctl restart ssh
ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub | cut -d ' ' -f 2`

let box: Sandbox
beforeAll(async () => {
  box = sandbox(ORG, inventory('generated', 'provider: sandbox').replace('"generated"', 'generated'))
  vi.stubEnv('XDG_STATE_HOME', box.state)
  await box.upTo('ready')
})
afterAll(async () => {
  await box.down()
  vi.unstubAllEnvs()
})

// Debian's own cloud-init takes our user data, and lives with what is left of it.
test('what cloud-init makes of our user data is met, replaced, and stays so at later boots', async () => {
  const identity = join(box.state, 'groundwork', ORG, 'id_ed25519')
  const operator = readFileSync(`${identity}.pub`, 'utf8').trim()
  const operators = [{ name: 'ana', keys: [operator] }]
  const { userData } = await userDataFor({ name: ORG, operators }, { name: 'bee', firstUser: 'root' })
  const canary = parse(userData.reveal()).ssh_keys.ed25519_private.split('\n')[2]
  const seed = '/var/lib/cloud/seed/nocloud'
  const first = await box.sh(
    'bee',
    `{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends cloud-init; } >/dev/null 2>&1
mkdir -p ${seed}
cat > ${seed}/user-data <<'DATA'
${userData.reveal()}
DATA
printf 'instance-id: i-1\\nlocal-hostname: bee\\n' > ${seed}/meta-data
echo 'datasource_list: [ NoCloud ]' > /etc/cloud/cloud.cfg.d/90_source.cfg
: > /root/.ssh/authorized_keys
${BOOT}`,
  )

  const file = join(box.state, 'own.yaml')
  const address = await box.address('bee')
  writeFileSync(file, inventory(operator, `provider: existing, address: ${address}, identity: ${identity}`))
  const { exit, out, err } = await groundwork(['--only', 'ready', '--inventory', file], { XDG_STATE_HOME: box.state })
  expect(exit, first + out + err).toBe(0)
  expect(out).toContain('has a key of its own now')
  const own = /hostKey: (\S+)/.exec(readFileSync(join(box.state, `${ORG}.lock.yaml`), 'utf8'))?.[1] ?? ''
  expect(first).not.toContain(own)

  const left = `grep -rlsaF '${canary}' /etc /root /run /var/lib /var/log; grep -rs HostCertificate /etc/ssh; true`
  expect(await box.sh('bee', left)).toBe('')
  expect(await box.sh('bee', BOOT)).toBe(`${own}\n`)
  expect(await box.sh('bee', left)).toBe('')
  // It takes the host for another one.
  const other = `echo '#cloud-config' > ${seed}/user-data; echo 'instance-id: i-2' > ${seed}/meta-data`
  expect(await box.sh('bee', `${other}\n${BOOT}`)).toBe(`${own}\n`)
})
