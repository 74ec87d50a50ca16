import { PLANNED } from './case.ts'
import type { Expected } from './trial.ts'

/** A user of one real host, odd in one way; what a plan that logs in as this user must come to. */
export interface OddUser extends Expected {
  readonly behaviour: string
  readonly user: string
  readonly quick?: true
  /** Debian packages that it needs. */
  readonly needs?: readonly string[]
  readonly shell?: string
  /** Its .bashrc, which Debian's bash reads for each command of an SSH session. */
  readonly profile?: string
  /** In front of its key in authorized_keys. */
  readonly keyOptions?: string
  /** For this user alone, in sshd_config. */
  readonly sshd?: string
  /** Its lines in sudoers; USER is replaced. Without them it may everything, and is not asked. */
  readonly sudoers?: string
  /** What the inventory names as the file of its password; the right one is 'right'. */
  readonly password?: string
  /** The same system, with another root folder, and user id 0. */
  readonly root?: string
}

const TOLD = { exit: 1, deadlineSeconds: 8 }
const BUSYBOX = ['busybox-static'] as const
const CLOUD = { needs: ['cloud-init (ours)'] } as const

/** Who logs in, and how it comes out. */
export const users: readonly OddUser[] = [
  // Login shells
  { ...PLANNED, user: 'fish', behaviour: 'fish', needs: ['fish'], shell: '/usr/bin/fish' },
  { ...PLANNED, user: 'tcsh', behaviour: 'tcsh', quick: true, needs: ['tcsh'], shell: '/bin/tcsh' },
  { ...PLANNED, user: 'csh', behaviour: 'csh', needs: ['csh'], shell: '/bin/bsd-csh' },
  { ...PLANNED, user: 'zsh', behaviour: 'zsh', needs: ['zsh'], shell: '/bin/zsh' },
  {
    ...TOLD,
    user: 'rbash',
    behaviour: 'rbash',
    quick: true,
    shell: '/bin/rbash',
    says: ['login shell interferes', 'restricted'],
  },
  {
    ...TOLD,
    user: 'nologin',
    behaviour: 'nologin',
    quick: true,
    shell: '/usr/sbin/nologin',
    says: ['login shell interferes', 'not available'],
  },
  {
    ...TOLD,
    user: 'false',
    behaviour: 'no shell at all',
    shell: '/bin/false',
    says: ['printed nothing and ended with exit 1'],
  },
  // Profiles
  {
    ...PLANNED,
    user: 'noisy',
    behaviour: 'prints text and broken UTF-8',
    quick: true,
    profile: `printf 'Welcome \\377\\376 \\033[31m\\n'; echo oops >&2`,
  },
  {
    ...TOLD,
    user: 'eater',
    behaviour: 'eats stdin',
    quick: true,
    profile: 'cat >/dev/null',
    says: ['login shell interferes', 'exit 0'],
  },
  {
    ...TOLD,
    user: 'nibbler',
    behaviour: 'eats the first line of stdin',
    quick: true,
    profile: 'read -r -t 1 line',
    says: ['login shell interferes', 'first line'],
  },
  {
    ...TOLD,
    user: 'other',
    behaviour: 'becomes another program',
    profile: 'exec cat',
    says: ['login shell interferes'],
  },
  { ...PLANNED, user: 'becomes', behaviour: 'becomes another shell', profile: 'exec sh' },
  {
    ...TOLD,
    user: 'leaver',
    behaviour: 'exits',
    profile: 'exit 0',
    says: ['login shell interferes', 'printed nothing'],
  },
  { ...PLANNED, user: 'strict', behaviour: 'sets -e and -u', profile: 'set -eu; export SHELLOPTS' },
  {
    ...PLANNED,
    user: 'alias',
    behaviour: 'aliases, exports functions, and puts . into PATH',
    quick: true,
    profile: `shopt -s expand_aliases; alias id='echo 77' printf='echo no'; id() { echo 88; }; export -f id; export PATH=.:/nowhere ENV=/etc/passwd CDPATH=/tmp; cd /tmp`,
  },
  // sshd
  {
    ...TOLD,
    user: 'forced',
    behaviour: 'ForceCommand',
    quick: true,
    sshd: 'ForceCommand echo this is a jump host',
    says: ['login shell interferes', 'this is a jump host', 'ForceCommand'],
  },
  {
    ...TOLD,
    user: 'bykey',
    behaviour: 'command= in authorized_keys',
    keyOptions: 'command="echo backups only"',
    says: ['login shell interferes', 'backups only'],
  },
  { ...PLANNED, user: 'two', behaviour: 'MaxSessions 2', quick: true, sshd: 'MaxSessions 2' },
  { ...PLANNED, user: 'one', behaviour: 'MaxSessions 1', sshd: 'MaxSessions 1' },
  { ...TOLD, user: 'none', behaviour: 'MaxSessions 0', sshd: 'MaxSessions 0', says: ['does not run what we send'] },
  { ...PLANNED, user: 'banner', behaviour: 'a banner of 25 KiB with escape codes', sshd: 'Banner /etc/ssh/banner' },
  // sudo
  {
    ...TOLD,
    user: 'asked',
    behaviour: 'sudo wants a password, and there is none',
    quick: true,
    sudoers: 'USER ALL=(ALL) ALL',
    says: ['may not become root', 'sudoPasswordFile', 'NOPASSWD'],
  },
  {
    ...PLANNED,
    user: 'right',
    behaviour: 'sudo gets the right password',
    quick: true,
    sudoers: 'USER ALL=(ALL) ALL',
    password: 'right',
  },
  {
    ...TOLD,
    user: 'wrong',
    behaviour: 'sudo gets a wrong password',
    quick: true,
    sudoers: 'USER ALL=(ALL) ALL',
    password: 'wrong',
    says: ['does not take this password', 'tried once'],
  },
  {
    ...TOLD,
    user: 'tty',
    behaviour: 'requiretty',
    sudoers: 'Defaults:USER requiretty\nUSER ALL=(ALL) NOPASSWD:ALL',
    says: ['may not become root', 'requiretty'],
  },
  {
    ...TOLD,
    user: 'forbidden',
    behaviour: 'sudo lets it run one command only',
    sudoers: 'USER ALL=(ALL) /usr/bin/id',
    password: 'right',
    says: ['may not become root', 'does not let it run a shell'],
  },
  {
    ...TOLD,
    user: 'stranger',
    behaviour: 'is not in sudoers',
    sudoers: '',
    password: 'right',
    says: ['may not become root'],
  },
  {
    ...PLANNED,
    user: 'recorded',
    behaviour: 'sudo records its input',
    quick: true,
    sudoers: 'Defaults:USER log_input\nUSER ALL=(ALL) NOPASSWD:ALL',
    says: ['log_input', 'to change'],
  },
  // Systems
  {
    ...TOLD,
    user: 'alpine',
    behaviour: 'busybox, and another system',
    needs: BUSYBOX,
    root: 'ID=alpine\\nPRETTY_NAME="Alpine Linux v3.20"',
    says: ['runs Alpine Linux v3.20', 'does not know'],
  },
  {
    ...TOLD,
    user: 'bare',
    behaviour: 'busybox in a Debian',
    quick: true,
    needs: BUSYBOX,
    root: 'ID=debian\\nVERSION_ID="13"\\nVERSION_CODENAME=trixie',
    says: ['lacks what groundwork needs', /apt-get.*dpkg.*systemctl/],
  },
  // The first boot
  {
    ...PLANNED,
    ...CLOUD,
    user: 'running',
    behaviour: 'cloud-init is running',
    quick: true,
    says: ['first boot: cloud-init running → finished'],
  },
  {
    ...PLANNED,
    ...CLOUD,
    user: 'hangs',
    behaviour: 'cloud-init hangs',
    says: ['first boot: cloud-init no answer within 20 s → finished'],
    deadlineSeconds: 35,
  },
  {
    ...PLANNED,
    ...CLOUD,
    user: 'broken',
    behaviour: 'cloud-init is broken',
    says: ['first boot: unknown: Traceback'],
    exit: 1,
  },
  { ...PLANNED, ...CLOUD, user: 'done', behaviour: 'cloud-init is done', neverSays: ['ready │ first boot'] },
  { ...PLANNED, ...CLOUD, user: 'degraded', behaviour: 'cloud-init is degraded', neverSays: ['ready │ first boot'] },
  { ...PLANNED, ...CLOUD, user: 'disabled', behaviour: 'cloud-init is disabled', neverSays: ['ready │ first boot'] },
  {
    ...PLANNED,
    ...CLOUD,
    user: 'error',
    behaviour: 'cloud-init ended with an error',
    neverSays: ['ready │ first boot'],
  },
]

const FAKE_CLOUD_INIT = `#!/bin/sh
case $SUDO_USER in
  odd-running) echo 'status: running' ;;
  odd-hangs) exec sleep 300 ;;
  odd-broken) echo 'Traceback (most recent call last)' >&2; exit 1 ;;
  odd-degraded) echo 'status: done'; exit 2 ;;
  odd-disabled) echo 'status: disabled' ;;
  odd-error) echo 'status: error'; exit 1 ;;
  *) echo 'status: done' ;;
esac
`

/** The name by which it logs in: tty, for one, is a group already. */
export const loginOf = (user: string): string => `odd-${user}`

/** Shell text that makes these users. */
export function makeUsers(chosen: readonly OddUser[]): string {
  const packages = new Set([
    'nftables',
    ...chosen.flatMap(({ needs = [] }) => needs.filter((name) => !name.includes(' '))),
  ])
  const one = ({ user: short, shell = '/bin/bash', profile, keyOptions = '', sudoers, root, sshd }: OddUser) => {
    const user = loginOf(short)
    const home = root ? `/srv/${user}/root` : `/home/${user}`
    const inside = `mkdir -p /srv/${user}/bin /srv/${user}/etc /srv/${user}/dev /srv/${user}/proc ${home}
cp /bin/busybox /srv/${user}/bin/; chroot /srv/${user} /bin/busybox --install -s /bin
rm -f /srv/${user}/bin/dpkg /srv/${user}/bin/dpkg-deb; mknod -m 666 /srv/${user}/dev/null c 1 3
printf '${root}\\n' > /srv/${user}/etc/os-release`
    const match = [...(sshd ? [sshd] : []), ...(root ? [`ChrootDirectory /srv/${user}`] : [])].join('\n  ')
    return `useradd ${root ? `-o -u 0 -g 0 -d /root-${user}` : '-m'} -s ${root ? '/bin/sh' : shell} ${user}
echo '${user}:right' | chpasswd
${root ? inside : ''}
install -d /etc/ssh/keys; printf '%s ' '${keyOptions}' > /etc/ssh/keys/${user}; cat /root/.ssh/authorized_keys >> /etc/ssh/keys/${user}
${profile ? `cat > ${home}/.bashrc <<'PROFILE'\n${profile}\nPROFILE` : ''}
printf '${(sudoers ?? 'USER ALL=(ALL) NOPASSWD:ALL').replaceAll('USER', user).replaceAll('\n', '\\n')}\\n' > /etc/sudoers.d/${user}
cat >> /etc/ssh/sshd_config.d/odd.conf <<'MATCH'
Match User ${user}
  AuthorizedKeysFile /etc/ssh/keys/%u
  ${match}
MATCH`
  }
  return `set -e
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq; apt-get install -y -qq --no-install-recommends ${[...packages].join(' ')} >/dev/null
cat > /usr/local/bin/cloud-init <<'FAKE'
${FAKE_CLOUD_INIT}FAKE
chmod 755 /usr/local/bin/cloud-init
printf '%s' "$(yes '^[[2J not a terminal' | head -c 25000)" > /etc/ssh/banner
sed -i "s/\\^\\[/$(printf '\\033')/g" /etc/ssh/banner
${chosen.map(one).join('\n')}
sshd -t && systemctl restart ssh
`
}
