import { HOST_STATE } from '../engine/left-there.ts'
import type { Guard } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'

const DRAFTS = `${HOST_STATE}/host-key`
const DRAFT = `${DRAFTS}/ssh_host_ed25519_key`
const KEY = '/etc/ssh/ssh_host_ed25519_key'

/** The host makes a key for itself, which nobody else has ever had, and does not show it yet. */
export const makeKey: Sh = sh`rm -rf ${DRAFTS}
mkdir -p ${DRAFTS}
chmod 700 ${HOST_STATE} ${DRAFTS}
ssh-keygen -q -t ed25519 -N '' -C '' -f ${DRAFT}
sync ${DRAFT} ${DRAFTS}`

/** Prints the public half of it. */
export const draftedKey: Sh = sh`cat ${`${DRAFT}.pub`}`

/** The host shows its own key from now on, and no other: those of other types were nobody's who is known. */
export const showKey: Sh = sh`mv -f ${DRAFT} ${KEY}
mv -f ${`${DRAFT}.pub`} ${`${KEY}.pub`}
rm -rf ${DRAFTS}
for file in /etc/ssh/ssh_host_*; do
  case $file in ${KEY} | ${`${KEY}.pub`}) ;; *) rm -f -- "$file" ;; esac
done
# cloud-init names the used key's certificate there, of which sshd would say at each start that it is gone.
for file in /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf; do
  if grep -qs '^HostCertificate /etc/ssh/ssh_host_' "$file"; then sed -i '/^HostCertificate \/etc\/ssh\/ssh_host_/d' "$file"; fi
done
sync --file-system /etc/ssh
sshd -t
systemctl restart ssh`

const types = ['rsa', 'ecdsa', 'ed25519', 'dsa']

/** What comes back by itself, should the host not be reached with its own key. */
export const keyGuard: Guard = {
  paths: [
    ...types.flatMap((type) => ['', '.pub', '-cert.pub'].map((end) => `/etc/ssh/ssh_host_${type}_key${end}`)),
    '/etc/ssh/sshd_config',
    '/etc/ssh/sshd_config.d',
  ],
  reload: sh`systemctl reset-failed ssh; systemctl restart ssh`,
}

const CLOUD_INIT_SECONDS = 180

/**
 * Takes the used key out of what cloud-init keeps, in files of the same length: cloud-init reads some of them at the next
 * boot. It is waited for, since it writes them until its end. Should it ever take the host for another one (its metadata
 * service away at a boot), it may not take the host's own key away.
 */
export const scrub: Sh = sh`waited=0
while [ -d /run/cloud-init ] && [ ! -e /run/cloud-init/disabled ] && [ ! -e /run/cloud-init/result.json ] && [ $waited -lt ${CLOUD_INIT_SECONDS} ]; do
  sleep 1
  waited=$((waited + 1))
done
if [ -d /etc/cloud/cloud.cfg.d ]; then echo 'ssh_deletekeys: false' > /etc/cloud/cloud.cfg.d/99_groundwork.cfg; fi
rm -f /var/lib/cloud/instances/*/user-data*
found=$(mktemp)
grep -rlsa 'BEGIN OPENSSH PRIVATE KEY' /var/lib/cloud > "$found" || true
while read -r file; do
  LC_ALL=C sed -i '/BEGIN OPENSSH PRIVATE KEY/,/END OPENSSH PRIVATE KEY/{/OPENSSH/!s/[A-Za-z0-9+\/=]/A/g}' "$file"
done < "$found"
grep -rlsa 'BEGIN OPENSSH PRIVATE KEY' /run/cloud-init > "$found" || true
while read -r file; do rm -f -- "$file"; done < "$found"
rm -f "$found"
sync`
