/** How private keys begin: PEM, OpenSSH's own form without its header line, PuTTY, age; DigitalOcean's API tokens, and Tailscale's keys. */
export const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY|b3BlbnNzaC1rZXktdjEA|PuTTY-User-Key-File|AGE-SECRET-KEY-1|do[opr]_v1_[0-9a-f]{32}|tskey-[a-z]+-[A-Za-z0-9]{4}/

/** What is said of one, wherever it stands; it is never shown. */
export function whyPrivate(text: string): string {
  const [found = ''] = PRIVATE_KEY.exec(text) ?? []
  if (found.startsWith('tskey-'))
    return 'is a key of Tailscale, and no longer secret: revoke it, and write where the new one is: { env: TAILSCALE_AUTH_KEY }'
  return /^do[opr]_v1_/.test(found)
    ? 'is an API token, and no longer secret: revoke it, and write where the new one is: { env: DIGITALOCEAN_TOKEN }'
    : 'is a private key, and no longer private: make a new pair, and write the line of its .pub file'
}
