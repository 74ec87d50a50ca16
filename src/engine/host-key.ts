import { createHash } from 'node:crypto'
import { Fault } from './fault.ts'

/** `SHA256:…` of a raw public key, as `ssh-keygen -lf` prints it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** What is known of a host's key, and from where. */
export interface KnownKey {
  readonly fingerprint: string
  /** 'from mle.lock.yaml, since 2026-11-03' */
  readonly source?: string
}

/** The host shows another key than the pinned one. Thrown before any login is tried. */
export const changedKey = (host: string, where: string, known: KnownKey, seen: string, inventory: string): Fault =>
  new Fault(`${host} (${where}) shows another host key than the one we know.`, {
    kind: 'other key',
    at: host,
    because: [
      `known  ${known.fingerprint}${known.source ? `   ${known.source}` : ''}`,
      `shown  ${seen}`,
      'Either the host was made anew, or somebody is in between. Nothing was sent, no login was tried.',
    ].join('\n'),
    try: [
      'compare with the key on its console:  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
      `if it is right, pin it:  npx tsx bootstrap.ts repin ${host} --inventory ${inventory}`,
    ].join('\n'),
  })

/** Nobody has said yet which key the host has. `made`: it was made for us, so that `repin` may say it. */
export const unknownKey = (host: string, where: string, seen: string, inventory: string, made: boolean): Fault =>
  new Fault(`The key of ${host} (${where}) is not known yet.`, {
    at: host,
    because: `It shows ${seen}. Nothing was sent, no login was tried.`,
    try: [
      'compare with the key on its console:  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
      made
        ? `if it is the same, pin it:  npx tsx bootstrap.ts repin ${host} --inventory ${inventory}\nor, where nothing is on it yet, make it anew:  --allow-replace ${host}`
        : `if it is the same, write under ${host} in ${inventory}:  hostKey: ${seen}`,
    ].join('\n'),
  })
