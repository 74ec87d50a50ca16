import type { Guard } from '../../src/engine/resource.ts'
import { type Sh, sh } from '../../src/engine/sh.ts'
import { firewall } from '../../src/steps/firewall.ts'
import { ssh } from '../../src/steps/ssh.ts'
import { users } from '../../src/steps/users.ts'

/** A wish that locks out, as the change it comes to. */
export interface LockOut {
  readonly name: string
  readonly guard: (typeof users)['guard']
  readonly change: Sh
  /** What the host must have before: shell text. */
  readonly before?: string
  /** Who logs in; root, unless said. */
  readonly user?: 'ops'
  /** What the run must say about why nobody gets in. */
  readonly because: RegExp
}

const DROP_IN = '/etc/ssh/sshd_config.d/00-groundwork.conf'
const RULES = '/etc/nftables.d/groundwork.nft'

const sshd = (line: string): Sh => sh`printf '%s\n' ${line} > ${DROP_IN}; systemctl restart ssh`

const rules = (body: string): Sh => sh`mkdir -p /etc/nftables.d
    printf 'add table inet groundwork\ndelete table inet groundwork\ntable inet groundwork {\n%s\n}\n' ${body} > ${RULES}
    nft -f ${RULES}`

const NFT =
  'mkdir -p /etc/nftables.d; command -v nft >/dev/null || { apt-get update -qq; apt-get install -y -qq nftables; } >/dev/null 2>&1'

const OPS = `id ops >/dev/null 2>&1 || useradd -m -s /bin/bash ops
install -d -o ops -g ops -m 700 /home/ops/.ssh
install -o ops -g ops -m 600 /root/.ssh/authorized_keys /home/ops/.ssh/
echo 'ops ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/ops; chmod 440 /etc/sudoers.d/ops`

const others = (): Guard => ({ paths: ['/etc/nologin'], reload: sh`:` })

/** Sixteen ways to saw off the branch. The first two are the quick part. */
export const lockOuts: readonly LockOut[] = [
  {
    name: 'the firewall drops everything, our own connection included',
    guard: firewall.guard,
    before: NFT,
    change: rules('chain input { type filter hook input priority -10; policy drop; }'),
    because: /no answer|Keepalive|cannot be reached/,
  },
  {
    name: 'the rule that lets us become root is removed',
    guard: users.guard,
    before: OPS,
    user: 'ops',
    change: sh`rm /etc/sudoers.d/ops`,
    because: /ops may not become root/,
  },
  {
    name: 'sshd denies root',
    guard: ssh.guard,
    change: sshd('DenyUsers root'),
    because: /does not let us in as root/,
  },
  {
    name: 'sshd listens on a port that nobody knows',
    guard: ssh.guard,
    change: sshd('Port 2222'),
    because: /nothing listens on that port/,
  },
  {
    name: 'sshd takes no keys',
    guard: ssh.guard,
    change: sshd('PubkeyAuthentication no'),
    because: /does not let us in as root/,
  },
  {
    name: 'sshd reads other files of keys',
    guard: ssh.guard,
    change: sshd('AuthorizedKeysFile /etc/ssh/keys/%u'),
    because: /does not let us in as root/,
  },
  {
    name: 'sshd cannot read its settings and does not start',
    guard: ssh.guard,
    change: sh`echo 'Nonsense yes' >> /etc/ssh/sshd_config; systemctl restart ssh || true`,
    because: /nothing listens on that port/,
  },
  {
    name: 'sshd’s settings are gone, links and all',
    guard: ssh.guard,
    change: sh`rm -rf /etc/ssh/sshd_config.d; ln -sfn /nowhere /etc/ssh/sshd_config; systemctl restart ssh || true`,
    because: /nothing listens on that port/,
  },
  {
    name: 'the firewall does not know SSH',
    guard: firewall.guard,
    before: NFT,
    change: rules(
      'chain input { type filter hook input priority -10; ct state established accept; tcp dport 22 reject with tcp reset; }',
    ),
    because: /nothing listens on that port/,
  },
  {
    name: 'sudo cannot read its rules',
    guard: users.guard,
    before: OPS,
    user: 'ops',
    change: sh`echo 'ops is root' > /etc/sudoers.d/ops`,
    because: /ops may not become root/,
  },
  {
    name: 'our key is taken out of root’s file',
    guard: users.guard,
    change: sh`: > /root/.ssh/authorized_keys`,
    because: /does not let us in as root/,
  },
  {
    name: 'the file of keys belongs to somebody else and is open to all',
    guard: users.guard,
    before: OPS,
    user: 'ops',
    change: sh`chown daemon /home/ops/.ssh/authorized_keys; chmod 777 /home/ops/.ssh /home/ops/.ssh/authorized_keys`,
    because: /does not let us in as ops/,
  },
  {
    name: 'the account is removed, its keys with it',
    guard: users.guard,
    before: OPS,
    user: 'ops',
    change: sh`rm -rf /home/ops/.ssh; userdel --force ops`,
    because: /does not let us in as ops/,
  },
  {
    name: 'the account has expired',
    guard: users.guard,
    before: OPS,
    user: 'ops',
    change: sh`usermod --expiredate 1 ops`,
    because: /ops/,
  },
  {
    name: 'the account has no shell',
    guard: users.guard,
    before: OPS,
    user: 'ops',
    change: sh`usermod --shell /usr/sbin/nologin ops`,
    because: /login shell interferes|cannot be looked at/,
  },
  {
    name: 'PAM lets nobody in but root',
    guard: others,
    before: OPS,
    user: 'ops',
    change: sh`echo 'Closed.' > /etc/nologin`,
    because: /ops/,
  },
]
