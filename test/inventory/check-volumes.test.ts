import { expect, test } from 'vitest'
import { checkVolumes } from '../../src/inventory/check-volumes.ts'

test('a volume is not named like what --allow-replace may mean as well', () => {
  const inventory = (cluster: string) => ({
    hosts: [{ name: 'mle-1', volumes: [{ name: 'data' }] }],
    digitalocean: { databases: [{ name: cluster }] },
  })
  expect(checkVolumes(inventory('main'))).toEqual([])
  expect(checkVolumes(inventory('data'))).toMatchObject([
    { path: ['hosts', 0, 'volumes', 0, 'name'], message: expect.stringContaining('as a database cluster is') },
  ])
})
