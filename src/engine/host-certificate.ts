import { randomBytes } from 'node:crypto'
import ssh2, { type ParsedKey } from 'ssh2'
import type { Secret } from './secret.ts'

/** What an authority says of a host's key. */
export interface Certified {
  /** `ssh-ed25519 AAAA… comment` */
  readonly publicKey: string
  /** The one name by which the host may be called. */
  readonly principal: string
  readonly validAfter: Date
  readonly validBefore: Date
}

const TYPE = 'ssh-ed25519-cert-v01@openssh.com'
const OF_A_HOST = 2

/**
 * A host certificate, as the line of a `-cert.pub` file. `authority` is an ed25519 private key as OpenSSH keeps it.
 * https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.certkeys
 */
export function hostCertificate(
  authority: Secret,
  { publicKey, principal, validAfter, validBefore }: Certified,
): string {
  const signer = parsed(authority.reveal())
  // The public key is a row of strings, too: its type, then the 32 bytes themselves.
  const key = parsed(publicKey).getPublicSSH().subarray(-32)
  const body = Buffer.concat([
    text(TYPE),
    text(randomBytes(32)),
    text(key),
    number64(randomBytes(8).readBigUInt64BE() >> 1n),
    number32(OF_A_HOST),
    text(principal),
    text(text(principal)),
    number64(seconds(validAfter)),
    number64(seconds(validBefore)),
    text(''),
    text(''),
    text(''),
    text(signer.getPublicSSH()),
  ])
  const signature = Buffer.concat([text('ssh-ed25519'), text(signer.sign(body) as Buffer)])
  return `${TYPE} ${Buffer.concat([body, text(signature)]).toString('base64')} ${principal}`
}

/** The public half of an ed25519 private key, `ssh-ed25519 AAAA…`. @throws Error where it is none, or has a passphrase */
export function publicHalf(privateKey: Secret): string {
  const key = parsed(privateKey.reveal())
  if (key.type !== 'ssh-ed25519' || !key.isPrivateKey()) throw new Error(`it is no ed25519 private key: ${key.type}`)
  return `${key.type} ${key.getPublicSSH().toString('base64')}`
}

function parsed(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text)
  if (key instanceof Error) throw key
  return key
}

const seconds = (time: Date): bigint => BigInt(Math.floor(time.getTime() / 1000))

// RFC 4251, section 5: a string has its length in front.
const text = (value: string | Buffer): Buffer => Buffer.concat([number32(Buffer.byteLength(value)), Buffer.from(value)])

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function number64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}
