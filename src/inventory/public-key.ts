import { createHash } from 'node:crypto'
import { shown } from './mark.ts'
import { PRIVATE_KEY } from './private-key.ts'

/** What is wrong with a line of authorized_keys (RFC 4253, section 6.6; no options in front); undefined: nothing. */
export function publicKeyFault(line: string): string | undefined {
  // Told already, wherever in the file it stands.
  if (PRIVATE_KEY.test(line)) return undefined
  const [type = '', base64 = ''] = line.split(' ')
  if (line.startsWith('SHA256:')) return 'is a fingerprint; write the key itself, the line of its .pub file'
  if (/^[~./]/.test(line)) return `is ${shown(line)}; write what stands in that file, not its name`
  if (type === 'ssh-dss') return 'is a DSA key, which sshd refuses; make one with: ssh-keygen -t ed25519'
  if (type.includes('-cert-v01@')) return 'is a certificate; write the key itself, the line of its .pub file'
  if (!TYPES.includes(type)) return `begins with ${shown(type)}; a key begins with ssh-ed25519, ssh-rsa or ecdsa-sha2-…`
  const fields = fieldsOf(base64)
  if (!fields || fields.length < 2) return 'is cut off or damaged; copy the whole line of the .pub file'
  if (String(fields[0]) !== type) return `says ${type}, but holds another kind of key; copy the line again`
  if (type === 'ssh-ed25519' && fields[1]?.length !== 32) return 'is damaged; copy the whole line of the .pub file'
  if (type === 'ssh-rsa' && bits(fields[2]) < 2048)
    return `is an RSA key of ${bits(fields[2])} bits; at least 2048, or better: ssh-keygen -t ed25519`
  return undefined
}

/** `SHA256:…` of a public key's line, where it is one. */
export function fingerprintOf(line: string): string | undefined {
  const [type = '', base64 = ''] = line.split(' ')
  if (!TYPES.includes(type) || !fieldsOf(base64)) return undefined
  return `SHA256:${createHash('sha256').update(Buffer.from(base64, 'base64')).digest('base64').replace(/=+$/, '')}`
}

const TYPES = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
]

// A key is a row of strings, each with its length in front: the type, then its numbers. The row must end where the data ends.
function fieldsOf(base64: string): readonly Buffer[] | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined
  const data = Buffer.from(base64, 'base64')
  const fields: Buffer[] = []
  let offset = 0
  while (offset + 4 <= data.length) {
    const end = offset + 4 + data.readUInt32BE(offset)
    if (end > data.length) return undefined
    fields.push(data.subarray(offset + 4, end))
    offset = end
  }
  return offset === data.length ? fields : undefined
}

// The modulus is signed: a leading zero byte does not count.
const bits = (modulus: Buffer = Buffer.alloc(0)): number => modulus.toString('hex').replace(/^(00)+/, '').length * 4
