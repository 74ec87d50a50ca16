import { setTimeout as later } from 'node:timers/promises'
import { AwsV4Signer } from 'aws4fetch'
import { type Answered, callOnce, isNetwork, networkWords, TRIES, waitOf } from './http-call.ts'

/** Whose calls they are. */
export interface S3Key {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of keys that are lent for some hours. */
  readonly sessionToken?: string | undefined
}

/** By which key calls are signed, and for which region. */
export interface S3Signer {
  readonly key: S3Key
  readonly region: string
}

/** One call of S3's API, with its whole address. */
export interface S3Call {
  readonly method: 'GET' | 'PUT' | 'DELETE'
  readonly url: string
  readonly body?: string
}

/** What S3 answered; status 0: nothing did, and `text` says why. */
export type S3Answer = Pick<Answered, 'status' | 'text'>

/**
 * Makes a call, signed for a region where there is a key, and again after what passes by: no connection, 429, 5xx. `odd` makes the
 * fault of an answer that is too long.
 */
export async function s3Call(
  call: S3Call,
  by: S3Signer | undefined,
  signal: AbortSignal,
  odd: (because: string) => Error,
): Promise<S3Answer> {
  for (let tries = 1; ; tries++) {
    // Signed anew each time: a signature is good for some minutes only.
    const { url, headers } = by ? await signed(call, by) : { url: call.url, headers: {} }
    const answer = await callOnce(url, { ...call, headers }, signal, odd).catch((error: unknown) => {
      signal.throwIfAborted()
      if (!isNetwork(error)) throw error
      return { status: 0, text: networkWords(error), retryAfter: undefined }
    })
    const { status, retryAfter } = answer
    if ((status !== 0 && status !== 429 && status < 500) || tries === TRIES) return answer
    await later(waitOf(retryAfter, tries), undefined, { signal })
  }
}

async function signed({ method, url, body }: S3Call, { key, region }: S3Signer) {
  const { accessKeyId, secretAccessKey, sessionToken } = key
  const made = await new AwsV4Signer({
    method,
    url,
    ...(body !== undefined && { body }),
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    region,
    service: 's3',
  }).sign()
  return { url: String(made.url), headers: Object.fromEntries(made.headers) }
}

/** The word by which S3 says what is wrong: `NoSuchBucket`. */
export const s3Code = (text: string): string | undefined => /<Code>(\w+)<\/Code>/.exec(text)?.[1]
