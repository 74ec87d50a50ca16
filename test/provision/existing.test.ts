import { expect, test } from 'vitest'
import type { HostWish } from '../../src/inventory/org.ts'
import { providerOf } from '../../src/provision/index.ts'

const bee: HostWish = {
  name: 'bee',
  provider: 'existing',
  role: 'manager',
  labels: {},
  firstUser: 'root',
  user: 'root',
  port: 2222,
  address: 'bee-alias',
  hostKey: 'SHA256:x',
  identity: '/keys/bee',
  release: 'trixie',
}
const endpoint = { address: 'bee-alias', port: 2222, hostKey: 'SHA256:x', identity: '/keys/bee', sharesKernel: false }

test('an existing host is where the inventory says', async () => {
  expect(await providerOf(bee).find('org', bee)).toEqual(endpoint)
  expect(await providerOf(bee).make('org', bee, () => undefined)).toEqual(endpoint)
})

test('an existing host without an address is a fault that says what to write', async () => {
  await expect(providerOf(bee).find('org', { ...bee, address: undefined })).rejects.toMatchObject({
    exit: 64,
    try: expect.stringContaining('address:'),
  })
})
