import { createHash } from 'node:crypto'
import { listed, type Made, shown } from './account.ts'
import { type Call, gone, route, text } from './call.ts'
import { page } from './page.ts'
import { invalid, notFound } from './refused.ts'

export interface SshKey extends Made {
  readonly id: number
  readonly public_key: string
  /** MD5 of the key's bytes, in pairs of hexadecimal digits. */
  readonly fingerprint: string
  name: string
}

/** The key that a number or a fingerprint means; undefined: there is none. */
export const keyOf = (call: Pick<Call, 'account'>, named: string): SshKey | undefined =>
  [...call.account.sshKeys.values()].find(({ id, fingerprint }) => String(id) === named || fingerprint === named)

export const sshKeyRoutes = [
  route('GET', '/v2/account/keys', 'ssh_key:read', (call) =>
    page(call, '/v2/account/keys', 'ssh_keys', listed(call.account, call.account.sshKeys.values()).map(view)),
  ),
  route('POST', '/v2/account/keys', 'ssh_key:create', (call) => {
    const name = text(call.body, 'name')
    const publicKey = text(call.body, 'public_key')
    const fingerprint = fingerprintOf(publicKey)
    if (keyOf(call, fingerprint)) throw invalid('SSH Key is already in use on your account')
    const key = { id: call.account.next(), public_key: publicKey, fingerprint, name, madeAt: Date.now() }
    call.account.sshKeys.set(key.id, key)
    return { status: 201, body: { ssh_key: view(key) } }
  }),
  route('GET', '/v2/account/keys/:key', 'ssh_key:read', (call) => ({
    status: 200,
    body: { ssh_key: view(known(call)) },
  })),
  route('PUT', '/v2/account/keys/:key', 'ssh_key:update', (call) => {
    const key = known(call)
    key.name = text(call.body, 'name')
    return { status: 200, body: { ssh_key: view(key) } }
  }),
  route('DELETE', '/v2/account/keys/:key', 'ssh_key:delete', (call) => {
    call.account.sshKeys.delete(known(call).id)
    return gone
  }),
]

const view = ({ id, public_key, name, fingerprint }: SshKey) => ({ id, public_key, name, fingerprint })

function known(call: Call): SshKey {
  const key = keyOf(call, decodeURIComponent(call.params.key ?? ''))
  if (!key || !shown(call.account, key)) throw notFound()
  return key
}

/** As the provider computes it: `ssh-keygen -l -E md5`, without the prefix. */
export function fingerprintOf(publicKey: string): string {
  const [type = '', base64 = ''] = publicKey.trim().split(/\s+/)
  const bytes = Buffer.from(base64, 'base64')
  const named = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1') : ''
  if (!type || named !== type) throw invalid('Key invalid, key should be of the format `ssh-rsa AAAA...`')
  return (createHash('md5').update(bytes).digest('hex').match(/../g) ?? []).join(':')
}
