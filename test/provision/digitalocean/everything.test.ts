import { expect, test } from 'vitest'
import { type Everything, withEverything } from './everything.ts'

const objects = ({ at: { account }, spaces }: Everything) => ({
  droplets: account.droplets.size,
  volumes: account.volumes.size,
  addresses: account.reservedIps.size,
  keys: account.sshKeys.size,
  spacesKeys: account.spacesKeys.size,
  others: [account.firewalls, account.vpcs, account.projects, account.clusters, account.domains, spaces.buckets].map(
    ({ size }) => size,
  ),
})

test('everything is made in one run, and read back by as many calls for eleven hosts as for one', {
  timeout: 180_000,
}, async () => {
  const calls: number[] = []
  for (const count of [1, 11]) {
    const one = await withEverything(count)
    await one.done()
    const made = objects(one)
    expect(made).toMatchObject({
      droplets: count,
      spacesKeys: count,
      volumes: count,
      addresses: count,
      others: [1, 1, 1, 1, 1, 1],
    })
    one.spaces.calls.length = 0
    const again = await one.done('--json')
    expect(JSON.parse(again.out.trim().split('\n').at(-1) ?? '')).toMatchObject({ changed: 0, failed: 0, unknown: 0 })
    expect(one.writes()).toEqual([])
    expect(objects(one)).toEqual(made)
    calls.push(one.at.calls.length + one.spaces.calls.length)
    one.spaces.close()
  }
  console.log(`calls of a run in sync, with 1 and with 11 hosts: ${calls.join(', ')}`)
  expect(calls[1]).toBe(calls[0])
})

test('what was changed behind our back is seen in one plan, whatever it is, and mended by one run', {
  timeout: 180_000,
}, async () => {
  const one = await withEverything(1)
  await one.done()
  const made = objects(one)
  const { account } = one.at
  const [first] = [...account.firewalls.values()]
  const [zone] = [...account.domains.values()]
  const [cluster] = [...account.clusters.values()]
  const [volume] = [...account.volumes.values()]
  const [address] = [...account.reservedIps.values()]
  const [spacesKey] = [...account.spacesKeys.values()]
  if (!first || !zone || !cluster || !volume || !address || !spacesKey) throw new Error('not everything was made')
  first.inbound_rules = [
    ...first.inbound_rules,
    { protocol: 'tcp', ports: '9999', sources: { addresses: ['0.0.0.0/0'] } },
  ]
  for (const record of zone.records.values()) if (record.type === 'A') record.data = '203.0.113.99'
  cluster.rules = [{ type: 'ip_addr', value: '0.0.0.0/0' }]
  volume.droplet = undefined
  address.droplet = undefined
  spacesKey.grants = []
  one.spaces.buckets.set('mle-backups', 'Suspended')

  const plan = await one.run('--plan')
  expect(plan.exit, plan.out + plan.err).toBe(2)
  for (const told of [
    '9999',
    'DNS name demo.example.org',
    '203.0.113.99',
    'trusted sources of',
    '0.0.0.0/0',
    'block volume data-1',
    'reserved IP of mle-1',
    'Spaces key files-1',
    'Suspended',
  ])
    expect(plan.out).toContain(told)
  expect(one.writes()).toEqual([])
  await one.done()
  await one.done()
  expect(one.writes()).toEqual([])
  expect(objects(one)).toEqual(made)
  one.spaces.close()
})
