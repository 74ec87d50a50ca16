import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Account } from './account.ts'
import { mayInSpaces } from './spaces-keys.ts'

/**
 * A stand-in of Spaces in one region: buckets by S3's API. It checks the signature of every call (AWS Signature Version 4); one
 * without any learns only whether there is such a bucket.
 */
export interface SpacesStandIn {
  readonly url: string
  /** Where Pulumi's provider finds it: by host name, through this address as a proxy. */
  readonly host: string
  /** Access key and secret key, with a colon between: made by a person, for all buckets. */
  readonly key: string
  /** Status of versioning by name. */
  readonly buckets: Map<string, string>
  /** Names that somebody else has. */
  readonly taken: Set<string>
  readonly calls: string[]
  /** Asked before each call: a status, or a connection that is cut after it was carried out. */
  trouble: (call: string) => number | 'cut after' | undefined
  /** A key of the account is known here only so long after it was made. */
  keysKnownAfterSeconds: number
  /** The account whose keys are good here besides. */
  account: Account | undefined
  readonly close: () => void
}

// S3's own libraries name a region that every Space takes.
const REGIONS = ['nyc3', 'us-east-1']
const HOST = 'nyc3.spaces.test'
const ACCESS = 'DO00STANDIN'
const SECRET = 'b4ckup'.repeat(7)

export async function startSpaces(): Promise<SpacesStandIn> {
  const server = createServer((request, response) => void answer(standIn, request, response))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const standIn: SpacesStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    host: HOST,
    key: `${ACCESS}:${SECRET}`,
    buckets: new Map(),
    taken: new Set(),
    calls: [],
    trouble: () => undefined,
    keysKnownAfterSeconds: 0,
    account: undefined,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
  return standIn
}

async function answer(standIn: SpacesStandIn, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = withBucket(new URL(request.url ?? '/', standIn.url))
  const versioning = url.searchParams.has('versioning')
  const nobody = request.headers.authorization === undefined ? ' by nobody' : ''
  const call = `${request.method} ${url.pathname}${versioning ? '?versioning' : ''}${nobody}`
  standIn.calls.push(call)
  let body = ''
  for await (const chunk of request) body += chunk
  const trouble = standIn.trouble(call)
  const [status, text] =
    typeof trouble === 'number' ? error(trouble, 'SlowDown') : replied(standIn, request, url, versioning, body)
  if (trouble === 'cut after') return void request.socket.destroy()
  response.statusCode = status
  response.setHeader('content-type', 'application/xml')
  response.end(text)
}

// A bucket may stand in front of the host's name.
function withBucket(url: URL): URL {
  if (!url.hostname.endsWith(`.${HOST}`)) return url
  return new URL(`/${url.hostname.slice(0, -HOST.length - 1)}${url.search}`, url)
}

type Reply = readonly [status: number, text: string]

const error = (status: number, code: string): Reply => [
  status,
  `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`,
]

function replied(standIn: SpacesStandIn, request: IncomingMessage, url: URL, versioning: boolean, body: string): Reply {
  const { buckets, taken } = standIn
  const bucket = url.pathname.slice(1)
  if (request.headers.authorization === undefined)
    return bucket && !buckets.has(bucket) && !taken.has(bucket)
      ? error(404, 'NoSuchBucket')
      : error(403, 'AccessDenied')
  const key = keyOf(standIn, accessIn(request))
  if (!key) return error(403, 'InvalidAccessKeyId')
  const wrong = wrongSignature(request, url, key.secret)
  if (wrong) return error(403, wrong)
  const part = ['acl', 'lifecycle', 'location'].find((one) => url.searchParams.has(one))
  const isMade = request.method === 'PUT' && !versioning && part === undefined
  const what = !bucket || isMade ? 'all' : request.method === 'PUT' ? 'write' : 'read'
  if (!mayInSpaces(key, what, bucket)) return error(403, 'AccessDenied')
  if (!bucket) {
    const all = [...buckets.keys()].map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join('')
    return [200, `<ListAllMyBucketsResult><Buckets>${all}</Buckets></ListAllMyBucketsResult>`]
  }
  if (isMade) {
    if (taken.has(bucket)) return error(409, 'BucketAlreadyExists')
    if (buckets.has(bucket)) return error(409, 'BucketAlreadyOwnedByYou')
    buckets.set(bucket, '')
    return [200, '']
  }
  if (!buckets.has(bucket)) return error(404, 'NoSuchBucket')
  if (part === 'lifecycle') return error(404, 'NoSuchLifecycleConfiguration')
  if (part === 'location') return [200, '<LocationConstraint>nyc3</LocationConstraint>']
  if (part === 'acl' || request.method === 'HEAD') return [200, '']
  if (request.method === 'PUT') buckets.set(bucket, /<Status>(\w+)<\/Status>/.exec(body)?.[1] ?? '')
  const status = buckets.get(bucket)
  return [200, `<VersioningConfiguration>${status ? `<Status>${status}</Status>` : ''}</VersioningConfiguration>`]
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

const accessIn = ({ headers }: IncomingMessage): string => FORM.exec(headers.authorization ?? '')?.[1] ?? ''

function keyOf({ account, keysKnownAfterSeconds }: SpacesStandIn, access: string) {
  if (access === ACCESS) return { secret: SECRET, grants: [{ bucket: '', permission: 'fullaccess' }] }
  const key = account?.spacesKeys.get(access)
  return key && Date.now() >= key.madeAt + keysKnownAfterSeconds * 1000 ? key : undefined
}

/** Computed anew from the call as it came; undefined: it is right. */
function wrongSignature(request: IncomingMessage, url: URL, secret: string): string | undefined {
  const { method, headers } = request
  const [, , day = '', region = '', names = '', signature] = FORM.exec(headers.authorization ?? '') ?? []
  const time = String(headers['x-amz-date'])
  const seconds = Date.parse(time.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5')) / 1000
  if (!(Math.abs(Date.now() / 1000 - seconds) < 900)) return 'RequestTimeTooSkewed'
  const path = new URL(request.url ?? '/', url).pathname
  const query = [...url.searchParams].map((pair) => pair.map(encodeURIComponent).join('=')).sort()
  const canonical = [
    method,
    path,
    query.join('&'),
    ...names.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    headers['x-amz-content-sha256'],
  ].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const text = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secret}`)
  return REGIONS.includes(region) && hmac(key, text).toString('hex') === signature ? undefined : 'SignatureDoesNotMatch'
}

const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest()
