import { expect, test } from 'vitest'
import { stateFault } from '../../../src/inventory/state-address.ts'
import { bucketUrl, stateBucket, stateForPulumi } from '../../../src/provision/pulumi/state/bucket.ts'

test.each(['./state', '~/state', '/srv/state'])('%s is a folder', (address) => {
  expect(stateFault(address)).toBe(undefined)
  expect(stateBucket(address)).toBe(undefined)
})

test.each([
  ['s3://mle-state?region=eu-central-1', 'https://mle-state.s3.eu-central-1.amazonaws.com', 'eu-central-1', ''],
  [
    's3://mle.state/a/b/?region=eu-central-1',
    'https://s3.eu-central-1.amazonaws.com/mle.state',
    'eu-central-1',
    'a/b/',
  ],
  [
    's3://mle-state/team?endpoint=nyc3.digitaloceanspaces.com',
    'https://mle-state.nyc3.digitaloceanspaces.com',
    'nyc3',
    'team/',
  ],
  [
    's3://mle-state?endpoint=https://s3.example.org&region=x&use_path_style=true',
    'https://s3.example.org/mle-state',
    'x',
    '',
  ],
  [
    's3://mle-state?endpoint=http://127.0.0.1:7070&region=x&s3ForcePathStyle=true',
    'http://127.0.0.1:7070/mle-state',
    'x',
    '',
  ],
])('%s is a bucket at %s', (address, url, region, prefix) => {
  expect(stateFault(address)).toBe(undefined)
  const bucket = stateBucket(address)
  expect(bucket).toMatchObject({ region, prefix })
  expect(bucket && bucketUrl(bucket)).toBe(url)
})

test('Pulumi is told the region that stands in the name of a host of Spaces, and all else as it is', () => {
  expect(stateForPulumi('s3://mle-state/team?endpoint=nyc3.digitaloceanspaces.com')).toBe(
    's3://mle-state/team?endpoint=nyc3.digitaloceanspaces.com&region=nyc3',
  )
  expect(stateForPulumi('s3://mle-state?region=eu-central-1&ssetype=AES256')).toBe(
    's3://mle-state?region=eu-central-1&ssetype=AES256',
  )
})
