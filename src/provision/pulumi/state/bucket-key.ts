import type { S3Key } from '../../../clients/s3.ts'
import { AWS, secretFrom, takenVariable } from '../../../clients/secret-place.ts'
import { Fault } from '../../../engine/fault.ts'
import type { SecretPlace } from '../../../inventory/secret-place.ts'

const AT = 'digitalocean.pulumi.key'
const MADE = 'whoever has the bucket; for Spaces: https://cloud.digitalocean.com/spaces/access_keys'

/** The key of the bucket in which the state is: of the inventory's place, or of the variables that every tool for S3 knows. @throws Fault (exit 64) that names the places */
export async function bucketKey(place: SecretPlace | undefined): Promise<S3Key> {
  if (!place) return fromVariables()
  const pair = (await secretFrom(place, { what: "key for the bucket of Pulumi's state", at: AT, made: MADE })).reveal()
  const [, accessKeyId, secretAccessKey] = /^([^:]+):([^:]+)$/.exec(pair) ?? []
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return { accessKeyId, secretAccessKey }
  throw new Fault("The key for the bucket of Pulumi's state is not whole.", {
    at: AT,
    because: 'it is one text, the access key and the secret key with a colon between',
    try: `put both there; they are made at ${MADE}`,
    exit: 64,
  })
}

function fromVariables(): S3Key {
  const accessKeyId = takenVariable(AWS.access)
  const secretAccessKey = takenVariable(AWS.secret)
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, sessionToken: takenVariable(AWS.session) }
  const missing = [...(accessKeyId ? [] : [AWS.access]), ...(secretAccessKey ? [] : [AWS.secret])]
  throw new Fault("There is no key for the bucket of Pulumi's state, and it is needed now.", {
    at: AT,
    because: `it is not in the inventory, and the ${missing.length > 1 ? 'variables' : 'variable'} ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set`,
    try: `write where it is: pulumi: { …, key: { env: … } }; or export ${AWS.access}=… ${AWS.secret}=…, made at ${MADE}`,
    exit: 64,
  })
}
