import { describe, expect, vi } from 'vitest'
import { type CloudLab, cloudTest as test } from '../../lab/digitalocean/lab.ts'
import type { StandIn } from '../../lab/digitalocean/server.ts'
import type { Trouble } from '../../lab/digitalocean/trouble.ts'
import { groundwork } from '../../lab/groundwork.ts'

// They go several at a time, each with an account of its own: what one takes is not what it costs.
vi.setConfig({ testTimeout: 300_000 })

test.concurrent('an empty account: the plan says what would be made, a run makes it, the next one changes nothing', async ({
  lab: { at, left, run, writes, droplets },
}) => {
  const plan = await run('--plan')
  expect(plan.exit, plan.out + plan.err).toBe(2)
  expect(plan.out).toContain('droplet mle-2')
  expect(writes()).toEqual([])

  const made = await run()
  expect(made.exit, made.out + made.err).toBe(0)
  expect(droplets().map(({ name, size, image, region }) => [name, size, image, region])).toEqual([
    ['mle-1', 's-2vcpu-4gb', 'debian-13-x64', 'nyc3'],
    ['mle-2', 's-2vcpu-4gb', 'debian-13-x64', 'nyc3'],
  ])
  expect(droplets()[0]).toMatchObject({
    tags: ['groundwork:mle', 'groundwork:mle:mle-1'],
    status: 'active',
    userData: expect.stringMatching(/^#cloud-config\n[\s\S]*ed25519_private/),
  })
  expect(droplets()[0]?.keys).toHaveLength(2)
  expect([...at.account.firewalls.values()]).toMatchObject([{ name: 'groundwork-mle', tags: ['groundwork:mle'] }])
  // The private key of the first minutes is nowhere on this machine.
  const key =
    /-----BEGIN [\s\S]+?-----END/
      .exec(droplets()[0]?.userData ?? '')?.[0]
      ?.split('\n')[3]
      ?.trim() ?? ''
  expect(key.length).toBeGreaterThan(20)
  for (const text of [made.out, ...left()]) expect(text).not.toContain(key)

  const second = await run()
  expect(second.exit, second.out + second.err).toBe(0)
  expect([...at.calls].sort()).toEqual(THREE_LISTS)
})

const THREE_LISTS = ['GET /v2/account/keys', 'GET /v2/droplets', 'GET /v2/firewalls']

test.concurrent('a run in sync makes three calls, however many droplets there are', async ({
  lab: { at, write, run, droplets },
}) => {
  write(12)
  expect((await run()).exit).toBe(0)
  expect(droplets()).toHaveLength(12)
  expect((await run()).exit).toBe(0)
  expect([...at.calls].sort()).toEqual(THREE_LISTS)
})

describe.concurrent('what was changed behind our back is seen and mended', () => {
  test.for<readonly [string, (lab: CloudLab) => unknown, string]>([
    [
      'a rule of the firewall',
      ({ at }) => Object.assign(wall(at), { inbound_rules: wall(at).inbound_rules.slice(1) }),
      'in tcp 22',
    ],
    [
      'a port that somebody opened',
      ({ at }) => Object.assign(wall(at), { inbound_rules: [...wall(at).inbound_rules, OPEN] }),
      '5432',
    ],
    ['droplets outside of the firewall', ({ at }) => Object.assign(wall(at), { tags: [] }), 'groundwork:mle'],
    ['a firewall that is gone', ({ at }) => at.account.firewalls.clear(), 'firewall groundwork-mle'],
    ['a key that is gone', ({ at }) => at.account.sshKeys.clear(), 'SSH key of ana'],
    ['a droplet that is off', ({ droplets }) => Object.assign(droplets()[0] ?? {}, { status: 'off' }), 'off'],
    ['backups', ({ droplets }) => droplets()[0]?.features.add('backups'), 'backups'],
  ])('%s', async ([_, change, told], { lab }) => {
    const { made, run, droplets } = lab
    await made()
    const before = state(lab)
    change(lab)
    expect(state(lab)).not.toEqual(before)
    const plan = await run('--plan')
    expect(plan.exit, plan.out).toBe(2)
    expect(plan.out).toContain(told)
    const mended = await run()
    expect(mended.exit, mended.out).toBe(0)
    expect(state(lab)).toEqual(before)
    expect(droplets()).toHaveLength(2)
  })
  const OPEN = { protocol: 'tcp', ports: '5432', sources: { addresses: ['0.0.0.0/0'] } }
  const wall = (at: StandIn) => {
    const [one] = at.account.firewalls.values()
    if (!one) throw new Error('there is no firewall')
    return one
  }
  const state = ({ at, droplets }: CloudLab) => ({
    walls: [...at.account.firewalls.values()].map(({ tags, inbound_rules, outbound_rules }) => ({
      tags,
      inbound_rules,
      outbound_rules,
    })),
    keys: [...at.account.sshKeys.values()].map(({ fingerprint }) => fingerprint),
    droplets: droplets().map(({ id, status, features }) => ({ id, status, features: [...features] })),
  })
})

test.concurrent('who may reach SSH is in the inventory', async ({ lab: { at, write, run } }) => {
  write(1, 'size: s-2vcpu-4gb', '[203.0.113.0/24]')
  await run()
  const [wall] = at.account.firewalls.values()
  const of = (port: string) => wall?.inbound_rules.find(({ ports }) => ports === port)
  expect(of('22')).toMatchObject({ sources: { addresses: ['203.0.113.0/24'] } })
  expect(of('443')).toMatchObject({ sources: { addresses: ['0.0.0.0/0', '::/0'] } })
  expect(of('2377')).toMatchObject({ sources: { tags: ['groundwork:mle'] } })
})

// What a provider with troubles does is in test/faults/cloud-faults.test.ts.

test.concurrent('a droplet that is no host of the inventory any more is told, and stays', async ({
  lab: { write, made, run, droplets },
}) => {
  await made()
  write(1)
  for (const came of [await run('--plan'), await run()]) {
    expect(came.exit, came.out + came.err).toBe(0)
    expect(came.out).toMatch(/The droplet \d+ mle-2 has the tag of mle, and no host of the inventory is it/)
  }
  expect(droplets()).toHaveLength(2)
})

test.concurrent('no token at all', async ({ lab: { at, folder, inventory } }) => {
  const came = await groundwork(['--inventory', inventory, '--plan'], {
    XDG_STATE_HOME: folder,
    DIGITALOCEAN_API_URL: at.url,
    DO_TOKEN: '',
  })
  expect(came.exit).toBe(64)
  expect(came.out + came.err).toContain('the variable DO_TOKEN is not set')
})

describe.concurrent('what would be replaced', () => {
  const ANOTHER = 'size: s-2vcpu-4gb, release: bookworm'

  test('stops, and names the host and the flag', async ({ lab: { write, made, run, writes, droplets } }) => {
    write(1)
    await made()
    write(1, ANOTHER)
    const plan = await run('--plan')
    expect(plan.exit).toBe(2)
    expect(plan.out).toContain('--allow-replace mle-1')
    const before = droplets()
    const came = await run()
    expect(came.exit).toBe(1)
    expect(came.out + came.err).toContain('--allow-replace mle-1')
    expect(writes()).toEqual([])
    expect((await run('--allow-replace', 'mle-2')).exit).toBe(64)
    expect(droplets()).toEqual(before)
  })

  test('is replaced where the flag names it', async ({ lab: { write, made, run, droplets } }) => {
    write(1)
    await made()
    write(1, ANOTHER)
    const [before] = droplets()
    const came = await run('--allow-replace', 'mle-1')
    expect(came.exit, came.out + came.err).toBe(0)
    expect(droplets()).toMatchObject([{ image: 'debian-12-x64', status: 'active' }])
    expect(droplets()[0]?.id).not.toBe(before?.id)
  })

  test('another size is no other droplet, and is said to interrupt', async ({
    lab: { write, made, run, droplets },
  }) => {
    write(1)
    await made()
    write(1, 'size: s-4vcpu-8gb')
    const [before] = droplets()
    expect((await run('--plan')).out).toContain('is shut down')
    const came = await run()
    expect(came.exit, came.out + came.err).toBe(0)
    expect(droplets()).toMatchObject([{ id: before?.id, size: 's-4vcpu-8gb', status: 'active' }])
  })

  test('a size that is sold out is told while the droplet still runs', async ({
    lab: { at, write, made, run, writes },
  }) => {
    write(1)
    await made()
    write(1, 'size: s-8vcpu-16gb')
    at.account.soldOut.add('s-8vcpu-16gb nyc3')
    const came = await run()
    expect(came.exit).toBe(1)
    expect(came.out + came.err).toContain('has no s-8vcpu-16gb in nyc3 now; mle-1 is as it was')
    expect(writes()).toEqual([])
  })

  test.for<readonly [string, Trouble]>([
    ['refused', { status: 422, message: 'no room on this hypervisor' }],
    ['not answered', 'cut before'],
  ])(
    'a droplet whose new size is %s runs again, in the same run',
    async ([_, trouble], { lab: { at, write, made, run, droplets } }) => {
      write(1)
      await made()
      write(1, 'size: s-4vcpu-8gb')
      // Shut down, made larger, switched on: the second is what goes wrong.
      let actions = 0
      at.trouble = (call) =>
        /^POST \/v2\/droplets\/[^/]+\/actions$/.test(call) && ++actions === 2 ? trouble : undefined
      const came = await run()
      expect(came.exit).toBe(1)
      expect(came.out + came.err).not.toContain('bug in groundwork')
      expect(actions).toBe(3)
      expect(droplets()).toMatchObject([{ size: 's-2vcpu-4gb', status: 'active' }])
    },
  )
})

test.concurrent('--host makes no droplet of another host, and what all share', async ({
  lab: { at, run, droplets },
}) => {
  const came = await run('--host', 'mle-2')
  expect(came.exit, came.out + came.err).toBe(0)
  expect(droplets().map(({ name }) => name)).toEqual(['mle-2'])
  expect([at.account.firewalls.size, at.account.sshKeys.size]).toEqual([1, 2])
})

test.concurrent('a change of monitoring is told, and changes nothing', async ({
  lab: { write, made, run, writes },
}) => {
  write(1)
  await made()
  write(1, 'size: s-2vcpu-4gb, monitoring: false')
  for (const came of [await run('--plan'), await run()]) {
    expect(came.exit, came.out + came.err).toBe(0)
    expect(came.out).toContain("mle-1 was made with the provider's monitoring")
  }
  expect(writes()).toEqual([])
})

test.concurrent('the token is not sent in clear', async ({ lab: { at, folder, inventory } }) => {
  const came = await groundwork(['--inventory', inventory, '--plan'], {
    XDG_STATE_HOME: folder,
    DIGITALOCEAN_API_URL: 'http://192.0.2.1',
    DO_TOKEN: at.token,
  })
  expect(came.exit).toBe(64)
  expect(came.out + came.err).toContain('The token is not sent in clear')
})
