import { createHash } from 'node:crypto'
import type * as z from 'zod'
import { oneSshKey } from '../../clients/digitalocean/answers.ts'
import type { Org } from '../../inventory/org.ts'
import type { Kind } from './kind.ts'
import { madeOnce } from './made.ts'

/** An operator's public key in the account, from where it goes into droplets that are made. */
export interface SshKeyWanted {
  readonly kind: 'ssh-key'
  /** The operator's. */
  readonly name: string
  /** As in authorized_keys. */
  readonly publicKey: string
  /** MD5 of its bytes. */
  readonly fingerprint: string
}

/** Each key once, whoever has it. */
export function sshKeysWanted({ operators }: Org): readonly SshKeyWanted[] {
  const all = operators.flatMap(({ name, keys }) =>
    keys.map((publicKey): SshKeyWanted => ({ kind: 'ssh-key', name, publicKey, fingerprint: md5Of(publicKey) })),
  )
  return all.filter((one, index) => all.findIndex(({ fingerprint }) => fingerprint === one.fingerprint) === index)
}

/** One that is there, under whatever name, will do. */
export const sshKey: Kind<SshKeyWanted> = {
  title: ({ name, fingerprint }) => `SSH key of ${name} ${fingerprint.slice(0, 11)}…`,
  desired: ({ fingerprint }) => ({ fingerprint }),
  actual: ({ fingerprint }, { sshKeys }) =>
    sshKeys.some((one) => one.fingerprint === fingerprint) ? { fingerprint } : undefined,
  fix: async ({ name, publicKey, fingerprint }, _, { org, account, signal }) => {
    const { api } = account
    const body = { name: `groundwork-${org.name} ${name}`, public_key: publicKey }
    const made = ({ ssh_key }: z.output<typeof oneSshKey>) => account.made({ sshKeys: [ssh_key] })
    const isThere = async () => {
      const one = await api.get(`/v2/account/keys/${fingerprint}`, oneSshKey)
      if (one) made(one)
      return one !== undefined
    }
    await madeOnce(async () => made(await api.post('/v2/account/keys', body, oneSshKey)), isThere, signal, true)
  },
}

/** A key's fingerprint as the API tells it: MD5 of its bytes, in pairs of hexadecimal digits. */
export const md5Of = (key: string): string =>
  (
    createHash('md5')
      .update(Buffer.from(key.split(' ')[1] ?? '', 'base64'))
      .digest('hex')
      .match(/../g) ?? []
  ).join(':')
