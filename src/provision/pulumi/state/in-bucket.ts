import { type S3Call, type S3Key, s3Call, s3Code } from '../../../clients/s3.ts'
import type { SecretPlace } from '../../../inventory/secret-place.ts'
import { bucketUrl, type StateBucket } from './bucket.ts'
import { bucketKey } from './bucket-key.ts'
import { bucketRefused, oddAnswer } from './bucket-words.ts'
import type { StatePlace } from './place.ts'

/** A state in a bucket, by S3's API. Every call may be sent again. */
export function inBucket(at: StateBucket, place: SecretPlace | undefined, signal: AbortSignal): StatePlace {
  const base = bucketUrl(at)
  let key: Promise<S3Key> | undefined

  async function call(method: S3Call['method'], path: string, body?: string): Promise<string | undefined> {
    key ??= bucketKey(place)
    const one = { method, url: `${base}${path}`, ...(body !== undefined && { body }) }
    const odd = (because: string) => oddAnswer(at, `${method} ${one.url}`, because)
    const { status, text } = await s3Call(one, { key: await key, region: at.region }, signal, odd)
    if (status >= 200 && status < 300) return text
    if (status === 404 && s3Code(text) !== 'NoSuchBucket') return undefined
    throw bucketRefused(at, place !== undefined, { what: `${method} ${one.url}`, status, text })
  }

  const path = (name: string) => `/${at.prefix}${name}`
  return {
    read: (name) => call('GET', path(name)),
    list: async (folder) => {
      const text = await call('GET', `/?list-type=2&prefix=${encodeURIComponent(`${at.prefix}${folder}/`)}`)
      return [...(text ?? '').matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, name = '']) => name.slice(at.prefix.length))
    },
    remove: async (name) => void (await call('DELETE', path(name))),
    address: (name) => `s3://${at.bucket}${path(name)}`,
    mustTakeWrites: async () => {
      const probe = path('.pulumi/groundwork-writes')
      await call('PUT', probe, 'may a state be written here?')
      await call('DELETE', probe)
    },
  }
}
