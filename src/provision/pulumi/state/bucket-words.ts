import { s3Code } from '../../../clients/s3.ts'
import { AWS } from '../../../clients/secret-place.ts'
import { Fault } from '../../../engine/fault.ts'
import type { StateBucket } from './bucket.ts'

const STATE = 'digitalocean.pulumi.state'

/** What answered a call of the bucket in which the state is. */
interface Refusal {
  /** `GET https://…`. */
  readonly what: string
  /** 0: nothing answered, and `text` says why. */
  readonly status: number
  readonly text: string
}

/** The bucket does not give or take what it was asked to; `isKeySaid`: the inventory says where its key is. */
export function bucketRefused(at: StateBucket, isKeySaid: boolean, { what, status, text }: Refusal): Fault {
  const code = s3Code(text)
  const because = `${what}: ${status === 0 ? text : `status ${status}${code ? `, ${code}` : ''}`}`
  const found = KEY[code ?? ''] ?? (status === 403 ? KEY.AccessDenied : undefined)
  if (found)
    return new Fault(found.what, {
      at: isKeySaid ? 'digitalocean.pulumi.key' : `${AWS.access} and ${AWS.secret}`,
      because,
      try: found.try,
      exit: 64,
    })
  const { what: said, try: advice } = PLACE[code ?? ''] ?? (status === 0 ? NOT_REACHED : OTHER)
  return new Fault(said.replace('BUCKET', at.bucket), {
    at: STATE,
    because,
    try: advice.replace('REGION', /<Region>([\w-]+)<\/Region>/.exec(text)?.[1] ?? 'another one'),
    ...(code && code in PLACE && { exit: 64 }),
  })
}

/** An answer that no bucket gives. */
export const oddAnswer = ({ bucket }: StateBucket, what: string, because: string): Fault =>
  new Fault(`The bucket ${bucket} of the Pulumi state answered something that cannot be read.`, {
    at: STATE,
    because: `${what}: ${because}`,
    try: 'is the endpoint right, and is there a proxy between? the same command tries again',
  })

interface Words {
  readonly what: string
  readonly try: string
}

const WRONG = {
  what: "The key for the bucket of Pulumi's state is not good there.",
  try: 'is it the key of this bucket, whole and not deleted? for Spaces they are at https://cloud.digitalocean.com/spaces/access_keys',
}

const KEY: Readonly<Record<string, Words>> = {
  InvalidAccessKeyId: WRONG,
  SignatureDoesNotMatch: WRONG,
  InvalidToken: WRONG,
  ExpiredToken: {
    what: "The key for the bucket of Pulumi's state has expired.",
    try: 'get another one from where this one came, and run the same command',
  },
  AccessDenied: {
    what: "The key for the bucket of Pulumi's state may not do this.",
    try: 'it needs to list the bucket, and to read, write and delete in it: change what it may, or take another one',
  },
}

const REGION = {
  what: 'The bucket BUCKET of the Pulumi state is in another region.',
  try: 'write it: ?region=REGION',
}

const PLACE: Readonly<Record<string, Words>> = {
  NoSuchBucket: {
    what: 'There is no bucket BUCKET for the Pulumi state.',
    try: 'make it: groundwork makes none for a state, which must outlast the rest; or correct its name, region or endpoint',
  },
  PermanentRedirect: REGION,
  AuthorizationHeaderMalformed: REGION,
  RequestTimeTooSkewed: {
    what: 'The bucket BUCKET of the Pulumi state takes no calls with this time.',
    try: 'the clock of this machine is wrong: timedatectl',
  },
}

const NOT_REACHED = {
  what: 'The bucket BUCKET of the Pulumi state is not reached.',
  try: "are its name, region and endpoint right, and is this machine's network well? the same command tries again",
}

const OTHER = {
  what: 'The bucket BUCKET of the Pulumi state refused a call.',
  try: 'whoever runs it knows more; the same command tries again',
}
