import { createHash } from 'node:crypto'
import { oneSshKey } from '../../clients/digitalocean/answers.ts'
import { type Resource, resource } from '../../engine/resource.ts'
import type { Org } from '../../inventory/org.ts'
import type { Account } from './account.ts'
import { madeOnce } from './made.ts'

/** An operator's public key in the account, from where it goes into droplets that are made. One that is there, under oneSshKey name, will do. */
export function sshKey(org: Pick<Org, 'name'>, operator: string, key: string, account: Account): Resource {
  const fingerprint = md5Of(key)
  return resource({
    name: `SSH key of ${operator} ${fingerprint.slice(0, 11)}…`,
    desired: { fingerprint },
    actual: {
      fingerprint: async () => {
        const { sshKeys } = await account.read()
        return sshKeys.some((one) => one.fingerprint === fingerprint) ? fingerprint : undefined
      },
    },
    fix: () => async (signal) => {
      const { api } = account
      const body = { name: `groundwork-${org.name} ${operator}`, public_key: key }
      const isThere = async () => {
        account.stale()
        return (await account.read()).sshKeys.some((one) => one.fingerprint === fingerprint)
      }
      await madeOnce(
        async () => account.made({ sshKeys: [(await api.post('/v2/account/keys', body, oneSshKey)).ssh_key] }),
        isThere,
        signal,
      )
      account.stale()
    },
  })
}

/** A key's fingerprint as the API tells it: MD5 of its bytes, in pairs of hexadecimal digits. */
export const md5Of = (key: string): string =>
  (
    createHash('md5')
      .update(Buffer.from(key.split(' ')[1] ?? '', 'base64'))
      .digest('hex')
      .match(/../g) ?? []
  ).join(':')
