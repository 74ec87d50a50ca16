import { HOST_STATE } from '../engine/left-there.ts'
import { type Resource, resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'

/** Accounts that groundwork made stand here, a line each, written before they are made: only those are ever removed. */
const MADE = `${HOST_STATE}/made`

/** A person's account with a home and a shell, unlocked, without a password: keys let in. An account that was there is taken as it is. */
export const user = (name: string): Resource =>
  resource({
    name: `user ${name}`,
    desired: { account: 'there', shell: 'lets in', expires: 'never' },
    actual: {
      account: {
        ask: passwd,
        read: (answer) => (shellOf(answer, name) === undefined ? undefined : 'there'),
      },
      // Which shell is a matter of taste; that it is one is not.
      shell: {
        ask: passwd,
        read: (answer) => {
          const shell = shellOf(answer, name)
          return shell === undefined ? undefined : /\/(nologin|false)$/.test(shell) ? shell : 'lets in'
        },
      },
      expires: { ask: expiries, read: (answer) => expiry(answer, name) },
    },
    fix: (changes) =>
      changes.account
        ? sh`
    mkdir -p ${HOST_STATE}; chmod 700 ${HOST_STATE}
    ${record(name)}
    if getent group ${name} >/dev/null; then set -- -g ${name}; else set -- -U; fi
    useradd --create-home --shell /bin/bash "$@" -- ${name}`
        : [
            ...(changes.shell ? [sh`usermod --shell /bin/bash -- ${name}`] : []),
            ...(changes.expires ? [sh`usermod --expiredate '' -- ${name}`] : []),
          ],
  })

/** No account is left of the operators who left the inventory: of those that groundwork made. Their homes stay, readable by root alone. */
export const onlyUsers = (wanted: readonly string[]): Resource =>
  resource({
    name: 'accounts of operators who left',
    desired: { left: 'none' },
    actual: {
      left: {
        ask: madeAndThere,
        read: (answer) =>
          names(answer)
            .filter((name) => !wanted.includes(name))
            .join(' ') || 'none',
      },
    },
    fix: ({ left }) => (left?.from ?? '').split(' ').filter(Boolean).map(remove),
    destroys: 'these accounts go, and who used them can no longer log in; their homes are kept for root',
    removes: true,
  })

const passwd = sh`cat /etc/passwd`
// Only name and expiry day: the hashes stay where they are.
const expiries = sh`cut -d: -f1,8 /etc/shadow`
const madeAndThere = sh`[ -e ${MADE} ] || exit 0
while read -r kind name; do
  if [ "$kind" = user ] && grep -q "^$name:" /etc/passwd; then printf '%s\n' "$name"; fi
done < ${MADE}`

const shellOf = (answer: string, name: string): string | undefined =>
  answer
    .split('\n')
    .find((line) => line.startsWith(`${name}:`))
    ?.split(':')[6]

const names = (answer: string): readonly string[] => [...new Set(answer.split('\n').filter(Boolean))]

function expiry(answer: string, name: string): string | undefined {
  const line = answer.split('\n').find((one) => one.startsWith(`${name}:`))
  if (line === undefined) return undefined
  const day = line.slice(name.length + 1)
  return day === '' ? 'never' : `day ${day} since 1970`
}

const record = (name: string): Sh =>
  sh`grep -qx ${`user ${name}`} ${MADE} 2>/dev/null || { printf '%s\n' ${`user ${name}`} >> ${MADE}; sync ${MADE}; }`

const remove = (name: string): Sh => sh`
    home=$(getent passwd ${name} | cut -d: -f6)
    usermod --lock --expiredate 1 -- ${name}
    loginctl terminate-user ${name} 2>/dev/null || true
    userdel --force -- ${name}
    case $home in /home/*) if [ -d "$home" ]; then chown root:root "$home"; chmod 700 "$home"; mv -T -- "$home" "$home.left-$(date -u +%Y%m%dT%H%M%SZ)"; fi ;; esac
    sed -i ${`/^user ${name}$/d`} ${MADE}`
