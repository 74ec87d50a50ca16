import { setTimeout as later } from 'node:timers/promises'
import { Fault } from '../../engine/fault.ts'
import type { Secret } from '../../engine/secret.ts'
import type { SecretPlace } from '../../inventory/secret-place.ts'
import { faultsOf } from '../api-faults.ts'
import { isSafe } from '../http-call.ts'
import { type S3Call, type S3Signer, s3Call, s3Code } from '../s3.ts'
import { secretFrom } from '../secret-place.ts'

/** Object storage as S3's API gives it, as far as groundwork needs it. Every call may be sent again. */
export interface Spaces {
  /** Names of the buckets that the key sees in its region. */
  readonly list: () => Promise<readonly string[]>
  /** One that is ours already is fine. @throws Fault where somebody else has the name */
  readonly make: (bucket: string) => Promise<void>
  /** `Enabled`, `Suspended` or `none`. */
  readonly versioning: (bucket: string) => Promise<string>
  readonly keepVersions: (bucket: string) => Promise<void>
}

const { inClear, oddAnswer } = faultsOf({
  api: 'Spaces',
  secret: 'The key for Spaces',
  variable: 'DIGITALOCEAN_SPACES_URL',
  status: 'https://status.digitalocean.com',
})

const MADE = 'https://cloud.digitalocean.com/spaces/access_keys'
const XML = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'

/** The Spaces key of a person, `ACCESS:SECRET`, read once. @throws Fault (exit 64) that names the places */
export async function spacesKey(source: SecretPlace): Promise<Secret> {
  known ??= await secretFrom(source, { what: 'key for Spaces', at: 'digitalocean.spaces.key', made: MADE })
  if (!/^[^:]+:[^:]+$/.test(known.reveal()))
    throw new Fault('The key for Spaces is not whole.', {
      at: 'digitalocean.spaces.key',
      because: 'it is one text, the access key and the secret key with a colon between: DO00…:…',
      try: `put both there; they are made at ${MADE}`,
      exit: 64,
    })
  return known
}

let known: Secret | undefined

/**
 * The buckets of a region, by a key `ACCESS:SECRET`. `isNew`: the key was made just now, and may be known there only in some
 * seconds. DIGITALOCEAN_SPACES_URL points it elsewhere.
 */
export function spacesOf(region: string, key: Secret, signal: AbortSignal, isNew = false): Spaces {
  const [accessKeyId = '', secretAccessKey = ''] = key.reveal().split(':')
  const base = baseOf(region)
  const knownBy = performance.now() + (isNew ? KNOWN_SECONDS * 1000 : 0)

  async function call(method: 'GET' | 'PUT', path: string, body?: string): Promise<string> {
    const url = `${base}${path}`
    for (;;) {
      const by = { key: { accessKeyId, secretAccessKey }, region }
      const { status, text } = await answered({ method, url, ...(body !== undefined && { body }) }, by, signal)
      if (status >= 200 && status < 300) return text
      if (s3Code(text) !== 'InvalidAccessKeyId' || performance.now() > knownBy)
        throw refusedBy(`${method} ${url}`, status, text)
      await later(1000, undefined, { signal })
    }
  }

  return {
    list: async () =>
      [...(await call('GET', '/')).matchAll(/<Name>([a-z0-9.-]+)<\/Name>/g)].map(([, name = '']) => name),
    make: async (bucket) => {
      try {
        await call('PUT', `/${bucket}`)
      } catch (error) {
        if (error instanceof Fault && error.because?.includes('BucketAlreadyOwnedByYou')) return
        throw error
      }
    },
    versioning: async (bucket) =>
      /<Status>(\w+)<\/Status>/.exec(await call('GET', `/${bucket}?versioning=`))?.[1] ?? 'none',
    keepVersions: async (bucket) => {
      const body = `<VersioningConfiguration ${XML}><Status>Enabled</Status></VersioningConfiguration>`
      await call('PUT', `/${bucket}?versioning=`, body)
    },
  }
}

/**
 * Whether there is a bucket of this name, asked without any key: whose it is that does not tell.
 * @throws Fault for an answer that says neither
 */
export async function isThereAtAll(region: string, bucket: string, signal: AbortSignal): Promise<boolean> {
  const url = `${baseOf(region)}/${bucket}?max-keys=0`
  const { status, text } = await answered({ method: 'GET', url }, undefined, signal)
  if (status === 404) return false
  if (status === 200 || status === 403) return true
  throw refusedBy(`GET ${url}`, status, text)
}

const KNOWN_SECONDS = 30

function baseOf(region: string): string {
  const base = (process.env.DIGITALOCEAN_SPACES_URL || `https://${region}.digitaloceanspaces.com`).replace(/\/+$/, '')
  if (!isSafe(base)) throw inClear(base)
  return base
}

const answered = (call: S3Call, by: S3Signer | undefined, signal: AbortSignal) =>
  s3Call(call, by, signal, (because) => oddAnswer(`${call.method} ${call.url}`, because))

const ADVICE: Readonly<Record<string, string>> = {
  BucketAlreadyExists:
    'every bucket of all of DigitalOcean has a name of its own: write another one, or the region in which yours is',
  RequestTimeTooSkewed: 'the clock of this machine is wrong: timedatectl',
  SignatureDoesNotMatch: `the secret key is not the one of this access key; make another pair: ${MADE}`,
  InvalidAccessKeyId: `the key was deleted, or is of another account; make another: ${MADE}`,
  AccessDenied: `the key may not do this; it needs full access to make buckets: ${MADE}`,
}

function refusedBy(what: string, status: number, text: string): Fault {
  const code = s3Code(text)
  return new Fault(status === 0 ? 'Spaces is not reached.' : 'Spaces refused a call.', {
    because: `${what}: ${status === 0 ? text : `status ${status}${code ? `: ${code}` : ''}`}`,
    try:
      (code && ADVICE[code]) || 'https://status.digitalocean.com says whether they know; the same command tries again',
  })
}
