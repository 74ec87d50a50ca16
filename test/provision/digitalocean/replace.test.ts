import { writeFileSync } from 'node:fs'
import { describe, expect, vi } from 'vitest'
import { ANA } from '../../inventory/broken/base.ts'
import { type CloudLab, cloudTest as test } from '../../lab/digitalocean/lab.ts'

vi.setConfig({ testTimeout: 300_000 })

/** An edit of an inventory that Pulumi or the API would answer by replacing or deleting something. */
interface Edit {
  readonly name: string
  /** The inventory that is edited; INVENTORY, unless said. */
  readonly from?: string
  /** Text of the inventory, and what a person makes of it. */
  readonly edit: readonly [find: string, put: string]
  /** `stopped`: a run stops before anything is changed. `kept`: it goes on, and what is there stays as it is. */
  readonly ends: 'stopped' | 'kept'
  /** What a person is told. */
  readonly says: readonly string[]
  /** Done all the same with this. */
  readonly flag?: string
}

const HOST = `  - name: mle-1
    provider: digitalocean
    region: nyc3
    size: s-2vcpu-4gb
    role: manager
    labels: { role: storage }
    reservedIp: true
    volumes: [{ name: data, sizeGiB: 50, at: /mnt/data }]
`
const WORKER = `  - { name: mle-2, provider: digitalocean, region: nyc3, size: s-2vcpu-4gb, role: worker }
`
const INVENTORY = `organization: mle
platform: demo
contact: ops@example.org
operators:
  - { name: ana, keys: [${ANA}] }
hosts:
${HOST}${WORKER}access: { profile: public, domain: example.org }
digitalocean: { token: { env: DO_TOKEN }, project: Sprocket, vpc: { range: 10.20.0.0/20 } }
`

// Others add their kinds' rows here.
const EDITS: readonly Edit[] = [
  {
    name: 'region of a host with a volume',
    from: INVENTORY.replace('vpc: { range: 10.20.0.0/20 }', 'vpc: {}'),
    edit: ['region: nyc3\n', 'region: fra1\n'],
    ends: 'stopped',
    says: ['--allow-replace data', '--allow-replace mle-1', 'region nyc3, and the inventory says fra1'],
  },
  {
    name: 'image',
    edit: ['size: s-2vcpu-4gb\n', 'size: s-2vcpu-4gb\n    release: bookworm\n'],
    ends: 'stopped',
    says: ['--allow-replace mle-1', 'image debian-13-x64, and the inventory says debian-12-x64'],
    flag: 'mle-1',
  },
  {
    name: 'private network taken out',
    edit: [', vpc: { range: 10.20.0.0/20 }', ''],
    ends: 'kept',
    says: ['The private network groundwork-mle-nyc3 (10.20.0.0/20) is no longer in the inventory'],
  },
  {
    name: 'range of the private network',
    edit: ['10.20.0.0/20', '10.30.0.0/20'],
    ends: 'stopped',
    says: ['groundwork-mle-nyc3 has the range 10.20.0.0/20', 'write range: 10.20.0.0/20'],
  },
  {
    name: 'volume made smaller',
    edit: ['sizeGiB: 50', 'sizeGiB: 20'],
    ends: 'stopped',
    says: ['the volume data has 50 GiB', 'never shrink', 'write sizeGiB: 50'],
  },
  {
    name: 'volume with another name',
    edit: ['name: data', 'name: other'],
    ends: 'kept',
    says: ['The volume data (50 GiB in nyc3)', 'it stays as it is, and costs'],
  },
  {
    name: 'volume taken out',
    edit: ['    volumes: [{ name: data, sizeGiB: 50, at: /mnt/data }]\n', ''],
    ends: 'kept',
    says: ['The volume data (50 GiB in nyc3)', 'it stays as it is, and costs'],
  },
  {
    name: 'volume at another host, while the first one runs',
    edit: [
      `    volumes: [{ name: data, sizeGiB: 50, at: /mnt/data }]\n${WORKER}`,
      WORKER.replace('role: worker', 'role: worker, volumes: [{ name: data, sizeGiB: 50, at: /mnt/data }]'),
    ],
    ends: 'stopped',
    says: ['which runs and may be writing to it', 'shut that droplet down', '--allow-replace data'],
    flag: 'data',
  },
  {
    name: 'host with another name',
    edit: ['name: mle-2', 'name: bee'],
    ends: 'stopped',
    says: ['bee has no droplet', 'mle-2', 'while the old one works on', '--allow-replace bee'],
    flag: 'bee',
  },
  {
    name: 'host taken out',
    edit: [WORKER, ''],
    ends: 'kept',
    says: ['mle-2 has the tag of mle, and no host of the inventory is it'],
  },
  {
    name: 'reserved IP taken out',
    edit: ['    reservedIp: true\n', ''],
    ends: 'kept',
    says: ['of mle-1 is no longer in the inventory: it leads there as before'],
  },
  {
    name: 'another project',
    edit: ['project: Sprocket', 'project: Rocket'],
    ends: 'kept',
    says: ['The project Sprocket is no longer in the inventory: it stays'],
  },
]

describe.concurrent('edits that others would answer by replacing or deleting', () => {
  test.for(EDITS)('$name: $ends', async ({ from = INVENTORY, edit: [find, put], ends, says, flag }, { lab }) => {
    const { inventory, made, run, writes } = lab
    writeFileSync(inventory, from)
    await made()
    const before = withData(lab)
    expect(from).toContain(find)
    writeFileSync(inventory, from.replace(find, put))
    const plan = await run('--plan')
    expect(writes()).toEqual([])
    const came = await run()
    const told = came.out + came.err
    for (const words of says) expect(told).toContain(words)
    expect(came.exit, told).toBe(ends === 'stopped' ? 1 : 0)
    if (ends === 'stopped') {
      expect(writes()).toEqual([])
      // A plan says so, too.
      for (const words of says.slice(0, 1)) expect(plan.out + plan.err).toContain(words)
    }
    // Whatever was there is there.
    for (const one of before) expect(withData(lab)).toContain(one)
    if (flag === undefined) return
    const allowed = await run('--allow-replace', flag)
    expect(allowed.exit, allowed.out + allowed.err).toBe(0)
    expect([...lab.at.account.volumes.values()]).toMatchObject([{ name: 'data' }])
  })

  test('a private network that hosts are to have later: they would be made anew', async ({ lab }) => {
    writeFileSync(lab.inventory, INVENTORY.replace(', vpc: { range: 10.20.0.0/20 }', ''))
    await lab.made()
    writeFileSync(lab.inventory, INVENTORY)
    const came = await lab.run()
    expect(came.exit).toBe(1)
    expect(came.out + came.err).toContain('private network default-nyc3, and the inventory says groundwork-mle-nyc3')
    expect(lab.writes()).toEqual([])
  })

  test("a volume's name that is somebody else's", async ({ lab }) => {
    const { at, inventory, made, run, writes } = lab
    writeFileSync(inventory, INVENTORY)
    await made()
    for (const one of at.account.volumes.values()) one.tags.length = 0
    const came = await run()
    expect(came.exit).toBe(1)
    expect(came.out + came.err).toContain("it is somebody else's")
    expect(writes()).toEqual([])
  })

  test('a flag that names nothing', async ({ lab }) => {
    writeFileSync(lab.inventory, INVENTORY)
    const came = await lab.run('--allow-replace', 'date')
    expect(came.exit).toBe(64)
    expect(came.out + came.err).toContain('mle-1, mle-2, data')
  })
})

const withData = ({ at }: CloudLab): readonly string[] => [
  ...[...at.account.droplets.keys()].map((id) => `droplet ${id}`),
  ...[...at.account.volumes.keys()].map((id) => `volume ${id}`),
  ...[...at.account.reservedIps.keys()].map((ip) => `reserved IP ${ip}`),
]
