import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, vi } from 'vitest'
import { type CloudLab, cloudTest as test } from '../../lab/digitalocean/lab.ts'

vi.setConfig({ testTimeout: 300_000 })

const DATA = volumes('{ name: data, sizeGiB: 50, at: /mnt/data }')
const ALL = `${DATA}, reservedIp: true`
const ACCOUNT = '[], project: Sprocket, vpc: { range: 10.20.0.0/20 }'

type Drift = readonly [what: string, change: (lab: CloudLab) => unknown, told: string]

const DRIFTS: readonly (readonly [string, readonly Drift[]])[] = [
  [
    'a volume that was detached, an address that leads nowhere, and a project that is gone',
    [
      ['volume', (lab) => Object.assign(data(lab) ?? {}, { droplet: undefined }), 'attached to'],
      ['address', (lab) => Object.assign(address(lab) ?? {}, { droplet: undefined }), 'leads to'],
      ['project', ({ at }) => at.account.projects.clear(), 'project Sprocket'],
    ],
  ],
  [
    'an address without its note, and a project without its members',
    [
      ['note', ({ droplets }) => droplets()[0]?.tags.pop(), 'noted'],
      ['members', ({ at }) => project(at)?.resources.clear(), 'elsewhere'],
    ],
  ],
]

test.concurrent('volume, network, address and project: planned, made, and then nothing is left to do', async ({
  lab,
}) => {
  const { at, write, run, writes, droplets } = lab
  write(1, ALL, ACCOUNT)
  const plan = await run('--plan')
  expect(plan.exit, plan.out + plan.err).toBe(2)
  for (const told of [
    'block volume data',
    'private network groundwork-mle-nyc3',
    'reserved IP of mle-1',
    'project Sprocket',
  ])
    expect(plan.out).toContain(told)
  expect(writes()).toEqual([])

  const made = await run()
  expect(made.exit, made.out + made.err).toBe(0)
  const [droplet] = droplets()
  const [network] = [...at.account.vpcs.values()]
  const [address] = [...at.account.reservedIps.values()]
  expect(network).toMatchObject({ region: 'nyc3', ip_range: '10.20.0.0/20' })
  expect(droplet?.vpc).toBe(network?.id)
  expect(data(lab)).toMatchObject({ sizeGiB: 50, region: 'nyc3', droplet: droplet?.id, tags: ['groundwork:mle'] })
  expect(address?.droplet).toBe(droplet?.id)
  expect([...at.account.projects.values()].map(({ name, resources }) => [name, [...resources]])).toEqual([
    ['Sprocket', [`do:droplet:${droplet?.id}`, `do:volume:${data(lab)?.id}`, `do:reservedip:${address?.ip}`]],
  ])

  const second = await run()
  expect(second.exit, second.out + second.err).toBe(0)
  const project = [...at.account.projects.keys()][0]
  expect([...at.calls].sort()).toEqual([
    'GET /v2/account/keys',
    'GET /v2/droplets',
    'GET /v2/firewalls',
    'GET /v2/projects',
    `GET /v2/projects/${project}/resources`,
    'GET /v2/reserved_ips',
    'GET /v2/volumes',
    'GET /v2/vpcs',
  ])
})

test.concurrent('as many calls for twelve hosts with volumes and addresses as for one', async ({ lab }) => {
  const { at, inventory, run } = lab
  lab.write(12, 'size: s-2vcpu-4gb, reservedIp: true, volumes: [{ name: data-N, sizeGiB: 50, at: /mnt/data }]')
  let number = 0
  writeFileSync(
    inventory,
    readFileSync(inventory, 'utf8').replace(/data-N/g, () => `data-${++number}`),
  )
  expect((await run()).exit).toBe(0)
  expect(at.account.volumes.size).toBe(12)
  expect((await run()).exit).toBe(0)
  expect(at.calls).toHaveLength(5)
})

describe.concurrent('what was changed behind our back is seen and mended', () => {
  // As many at once as do not hide each other.
  test.for(DRIFTS)('%s', async ([_, changes], { lab }) => {
    const { write, made, run } = lab
    write(1, ALL, ACCOUNT)
    await made()
    const before = state(lab)
    for (const [, change] of changes) change(lab)
    const plan = await run('--plan')
    expect(plan.exit, plan.out).toBe(2)
    for (const [what, , told] of changes) expect(plan.out, what).toContain(told)
    const mended = await run()
    expect(mended.exit, mended.out + mended.err).toBe(0)
    expect(state(lab)).toEqual(before)
  })

  test('a volume on another host of ours that is off comes back', async ({ lab }) => {
    const { write, made, run, droplets, at } = lab
    write(1, DATA)
    await made()
    const [one] = droplets()
    // Of an earlier run: it has our tag, and is no host any more.
    at.account.droplets.set(7, {
      ...(one as never as object),
      id: 7,
      name: 'old',
      tags: ['groundwork:mle'],
      status: 'off',
    } as never)
    Object.assign(data(lab) ?? {}, { droplet: 7 })
    const came = await run()
    expect(came.exit, came.out + came.err).toBe(0)
    expect(data(lab)?.droplet).toBe(one?.id)
  })
})

describe.concurrent('growing', () => {
  test('a volume grows, and stays the same one', async ({ lab }) => {
    const { write, made, run } = lab
    write(1, DATA)
    await made()
    const { id } = data(lab) ?? {}
    write(1, DATA.replace('50', '80'))
    const came = await run()
    expect(came.exit, came.out + came.err).toBe(0)
    expect(data(lab)).toMatchObject({ id, sizeGiB: 80 })
  })

  test('one that somebody made larger is told, and not made smaller', async ({ lab }) => {
    const { write, made, run, writes } = lab
    write(1, DATA)
    await made()
    Object.assign(data(lab) ?? {}, { sizeGiB: 100 })
    const came = await run()
    expect(came.exit).toBe(1)
    expect(came.out + came.err).toContain('write sizeGiB: 100')
    expect(writes()).toEqual([])
  })
})

// What else a provider with troubles does is in test/faults/cloud-faults.test.ts.
test.concurrent('the answers of a network, of a project and of what is in it are lost: one run, exactly what is wanted', async ({
  lab,
}) => {
  const { at, write, run } = lab
  write(1, ALL, ACCOUNT)
  const lost = [/POST \/v2\/vpcs$/, /POST \/v2\/projects$/, /POST \/v2\/projects\/[^/]+\/resources/]
  const left = new Set(lost)
  at.trouble = (made) => {
    const one = [...left].find((call) => call.test(made))
    return one && left.delete(one) ? 'cut after' : undefined
  }
  const came = await run()
  expect(came.exit, came.out + came.err).toBe(0)
  expect(left).toEqual(new Set())
  const { vpcs, projects } = at.account
  expect([vpcs, projects].map(({ size }) => size)).toEqual([1, 1])
  expect((await run('--plan')).exit).toBe(0)
})

test.concurrent('a host that is made anew keeps its volume and its address', async ({ lab }) => {
  const { write, made, run, droplets } = lab
  write(1, ALL)
  await made()
  const [before, volume, ip] = [droplets()[0], data(lab)?.id, address(lab)?.ip]
  write(1, `${ALL}, release: bookworm`)
  const came = await run('--allow-replace', 'mle-1')
  expect(came.exit, came.out + came.err).toBe(0)
  const [after] = droplets()
  expect(after?.id).not.toBe(before?.id)
  expect(data(lab)).toMatchObject({ id: volume, droplet: after?.id })
  expect(address(lab)).toMatchObject({ ip, droplet: after?.id })
  expect(lab.at.account.reservedIps.size).toBe(1)
})

test.concurrent('a run that ended between the old droplet and the new one: the next takes the address again', async ({
  lab,
}) => {
  const { write, made, run, droplets } = lab
  write(1, ALL)
  await made()
  const ip = address(lab)?.ip
  // As the provider leaves it when a droplet is destroyed.
  lab.at.account.droplets.clear()
  Object.assign(address(lab) ?? {}, { droplet: undefined })
  Object.assign(data(lab) ?? {}, { droplet: undefined })
  const came = await run()
  expect(came.exit, came.out + came.err).toBe(0)
  expect([...lab.at.account.reservedIps.values()]).toMatchObject([{ ip, droplet: droplets()[0]?.id }])
  expect(data(lab)?.droplet).toBe(droplets()[0]?.id)
})

function volumes(one: string): string {
  return `size: s-2vcpu-4gb, volumes: [${one}]`
}

const data = ({ at }: CloudLab) => [...at.account.volumes.values()].find(({ name }) => name === 'data')
const address = ({ at }: CloudLab) => [...at.account.reservedIps.values()][0]
const project = (at: CloudLab['at']) => [...at.account.projects.values()][0]

const state = (lab: CloudLab) => ({
  volume: { ...data(lab) },
  address: { ...address(lab) },
  project: [...lab.at.account.projects.values()].map(({ name, resources }) => [name, [...resources].sort()]),
  tags: lab.droplets().map(({ tags }) => [...tags].sort()),
})
