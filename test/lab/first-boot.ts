import { parse } from 'yaml'

/** What of a user data a test looks at. */
export interface UserDataKeys {
  /** `ssh-ed25519 AAAA… comment` */
  readonly public: string
  readonly private: string
  /** `ssh-ed25519-cert-v01@openssh.com AAAA… name` */
  readonly certificate: string
  /** A line of the private half, which must be found nowhere. */
  readonly canary: string
}

/** The host key in a user data. */
export function keysIn(userData: string): UserDataKeys {
  const { ssh_keys: keys } = parse(userData)
  return {
    public: keys.ed25519_public.trim(),
    private: keys.ed25519_private.trimEnd(),
    certificate: keys.ed25519_certificate.trim(),
    canary: keys.ed25519_private.split('\n')[2] ?? '',
  }
}

/**
 * Shell text that makes of a bare host what cloud-init makes of it with this user data: its keys, and all the files in
 * which cloud-init keeps what it was given. Whatever a run left there before is gone.
 */
export function firstBoot(userData: string): string {
  const keys = keysIn(userData)
  return `if [ -e /var/lib/groundwork/guard/revert ]; then /var/lib/groundwork/guard/revert now; fi
rm -rf /etc/ssh/ssh_host_* /var/lib/groundwork/host-key
cat > /etc/ssh/ssh_host_ed25519_key <<'KEY'
${keys.private}
KEY
chmod 600 /etc/ssh/ssh_host_ed25519_key
echo '${keys.public}' > /etc/ssh/ssh_host_ed25519_key.pub
ssh-keygen -q -t rsa -N '' -f /etc/ssh/ssh_host_rsa_key
echo '${keys.certificate}' > /etc/ssh/ssh_host_ed25519_key-cert.pub
sed -i /^HostCertificate/d /etc/ssh/sshd_config
echo 'HostCertificate /etc/ssh/ssh_host_ed25519_key-cert.pub' >> /etc/ssh/sshd_config
# sshd shuts out whoever looks at its keys as often as a test does.
echo 'PerSourcePenalties no' > /etc/ssh/sshd_config.d/50-test.conf
mkdir -p /var/lib/cloud/instances/i-1 /var/lib/cloud/seed /run/cloud-init /etc/cloud/cloud.cfg.d
ln -sfn /var/lib/cloud/instances/i-1 /var/lib/cloud/instance
cd /var/lib/cloud/instances/i-1
cat > user-data.txt <<'DATA'
${userData}
DATA
cp user-data.txt user-data.txt.i; cp user-data.txt cloud-config.txt; cp user-data.txt ../../seed/user-data
{ printf 'pickle\\000\\377\\n'; cat user-data.txt; printf '\\000end'; } > obj.pkl
{ printf '{"userdata": "'; sed 's/$/\\\\n/' user-data.txt | tr -d '\\n'; printf '"}'; } > /run/cloud-init/instance-data-sensitive.json
echo '{"v1": {"errors": []}}' > /run/cloud-init/result.json
systemctl reset-failed ssh; systemctl restart ssh`
}
