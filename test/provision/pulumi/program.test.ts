import * as pulumi from '@pulumi/pulumi'
import { beforeEach, expect, test } from 'vitest'
import { spacesKeysWanted } from '../../../src/provision/digitalocean/storage/spaces-key.ts'
import type { Part } from '../../../src/provision/pulumi/part.ts'
import { adoption, program } from '../../../src/provision/pulumi/program.ts'
import { typeOf, urnOf } from '../../../src/provision/pulumi/urn.ts'
import { ALL, NOTHING, org, parts } from './own.ts'

interface Registered {
  readonly type: string
  readonly name: string
  readonly props: Readonly<Record<string, unknown>>
  readonly options: pulumi.CustomResourceOptions
}

const inputs = new Map<string, Readonly<Record<string, unknown>>>()

/** What the program says to Pulumi, whose engine these mocks take the place of. */
async function ran(made: readonly Part[], said = program('mle', made)): Promise<readonly Registered[]> {
  const all: Registered[] = []
  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(({ type, name, props, opts: options }) => {
      if (type !== 'pulumi:pulumi:Stack') all.push({ type, name, props, options })
      return undefined
    })
    await said()
  })
  // Everything that was said has been answered.
  await pulumi.runtime.disconnect()
  return all
}

beforeEach(async () => {
  inputs.clear()
  await pulumi.runtime.setMocks(
    {
      newResource: (made) => {
        inputs.set(`${made.type} ${made.name}`, made.inputs)
        const told = {
          dropletUrn: 'do:droplet:7',
          volumeUrn: 'do:volume:7',
          ipv4Address: '192.0.2.77',
          ipAddress: '203.0.113.1',
        }
        // Droplets have a number.
        return { id: made.type.endsWith(':Droplet') ? '7' : `${made.name}-id`, state: { ...made.inputs, ...told } }
      },
      call: ({ token }) => {
        throw new Error(`the program asked ${token}`)
      },
    },
    'groundwork',
    'mle',
  )
})

const inputsOf = ({ type, name }: Registered) => inputs.get(`${type} ${name}`)
const of = (all: readonly Registered[], type: string) => all.filter((one) => one.type.endsWith(`:${type}`))
const said = (all: readonly Registered[], type: string) => of(all, type).map(inputsOf)

test('everything of the list is in the program, once, and nothing besides but its tag', async () => {
  const all = await ran(parts(ALL))
  expect(all.map(({ type }) => type).sort()).toEqual(
    [typeOf('Tag'), ...parts(ALL).map(({ type }) => typeOf(type))].sort(),
  )
  expect(new Set(all.map(({ type, name }) => `${type} ${name}`)).size).toBe(all.length)
  expect(new Set(all.map(({ type }) => type)).size).toBe(18)
})

test('no key of Spaces is in it, whose secret would stand in the state', () => {
  expect(spacesKeysWanted(org)).toHaveLength(1)
  expect(parts(ALL).filter(({ type, name }) => (/key/i.test(type) && type !== 'SshKey') || name === 'files')).toEqual(
    [],
  )
})

test('droplets are as they are wanted, in their private network, behind their tags and keys', async () => {
  const all = await ran(parts())
  const droplets = of(all, 'Droplet')
  expect(droplets.map(inputsOf)).toMatchObject([
    { name: 'mle-1', region: 'nyc3', size: 's-2vcpu-4gb', image: 'debian-13-x64', backups: false, resizeDisk: false },
    { name: 'mle-2', backups: true, tags: ['groundwork:mle', 'groundwork:mle:mle-2'] },
  ])
  const [first] = droplets
  expect(first && inputsOf(first)).toMatchObject({ vpcUuid: 'groundwork-mle-nyc3-id' })
  expect(first?.props.sshKeys).toHaveLength(2)
  expect(first?.options.dependsOn).toHaveLength(3)
})

test('tags that others gave stay', async () => {
  expect(said(await ran(parts(ALL)), 'Droplet')[0]).toMatchObject({
    tags: ['groundwork:mle', 'groundwork:mle:mle-1', 'Theirs', 'groundwork:mle:mle-1:203-0-113-1'],
  })
})

test('the user data, which holds a private key, is a secret', async () => {
  const droplets = of(await ran(parts()), 'Droplet')
  expect(droplets).toHaveLength(2)
  for (const { props, options } of droplets) {
    expect(options.additionalSecretOutputs).toEqual(['userData'])
    expect(pulumi.Output.isInstance(props.userData) && (await pulumi.isSecret(props.userData))).toBe(true)
  }
})

test('what holds data is protected, and what would make it another one is not looked at', async () => {
  const kept = ['Vpc', 'Droplet', 'Volume', 'ReservedIp', 'Domain', 'DatabaseCluster', 'DatabaseFirewall', 'DatabaseDb']
  const all = await ran(parts(ALL))
  for (const { type, options } of all) {
    const name = type.split(':').at(-1) ?? ''
    expect(options.protect === true, type).toBe([...kept, 'DatabaseUser', 'SpacesBucket'].includes(name))
    expect(options.deleteBeforeReplace || name === 'Tag', type).toBe(true)
  }
  expect(of(all, 'Droplet')[0]?.options.ignoreChanges).toEqual(
    expect.arrayContaining(['image', 'userData', 'sshKeys', 'monitoring', 'vpcUuid']),
  )
  // Somebody may have given a key that is there a name of their own.
  expect(of(all, 'SshKey')[0]?.options.ignoreChanges).toEqual(['name'])
  expect(of(all, 'Vpc')[0]?.options.ignoreChanges).toContain('ipRange')
})

test('what --allow-replace names, and that alone, is neither protected nor left as it is', async () => {
  const all = await ran(parts(ALL, ['mle-1']))
  const [first, second] = of(all, 'Droplet')
  expect(first?.options).toMatchObject({ protect: false })
  expect(first?.options).not.toHaveProperty('ignoreChanges')
  // The new one is nobody's yet.
  expect(first && inputsOf(first)).toMatchObject({ tags: ['groundwork:mle', 'groundwork:mle:mle-1'] })
  expect(second?.options).toMatchObject({ protect: true })
})

test('what is adopted is taken as it is found; what is not there is left out, what is known stays, and nothing is changed', async () => {
  const made = parts(ALL)
  const urns = (...types: readonly string[]) =>
    made.filter(({ type }) => types.includes(type)).map((one) => urnOf('mle', one))
  const all = await ran(
    made,
    adoption('mle', made, urns('DatabaseUser', 'DatabaseFirewall', 'DnsRecord'), urns('Volume')),
  )
  const imports = all.flatMap(({ options }) => (options.import === undefined ? [] : [options.import]))
  expect(imports).toEqual(['example.org,13', 'example.org,11', 'example.org,12', 'db-id', 'db-id,sprocket'])
  expect(of(all, 'Droplet')).toEqual([])
  expect(of(all, 'Volume')[0]?.options).toMatchObject({ ignoreChanges: ['*'], protect: true })
  expect(of(all, 'Volume')[0]?.options).not.toHaveProperty('import')
})

test('the firewall says the same as the API is told', async () => {
  expect(said(await ran(parts()), 'Firewall')[0]).toMatchObject({
    name: 'groundwork-mle',
    tags: ['groundwork:mle'],
    inboundRules: expect.arrayContaining([
      { protocol: 'tcp', portRange: '22', sourceAddresses: ['0.0.0.0/0', '::/0'] },
      { protocol: 'tcp', portRange: '2377', sourceTags: ['groundwork:mle'] },
      { protocol: 'icmp', sourceAddresses: ['0.0.0.0/0', '::/0'] },
    ]),
    outboundRules: expect.arrayContaining([
      { protocol: 'tcp', portRange: 'all', destinationAddresses: ['0.0.0.0/0', '::/0'] },
    ]),
  })
})

test('a volume hangs at its droplet, whichever that is by then', async () => {
  const all = await ran(parts())
  expect(said(all, 'Volume')).toMatchObject([{ name: 'data', region: 'nyc3', size: 50, tags: ['groundwork:mle'] }])
  expect(said(all, 'VolumeAttachment')).toEqual([{ dropletId: 7, volumeId: 'data-nyc3-id' }])
})

test('an address that is not there yet is in no program, nor is a cluster, nor what is in it', async () => {
  const all = await ran(parts())
  for (const type of ['ReservedIp', 'ReservedIpAssignment', 'DatabaseCluster', 'DatabaseFirewall', 'DatabaseUser'])
    expect(of(all, type), type).toEqual([])
  // The name of a host whose address will be another one does not lead anywhere in the meantime.
  expect(said(all, 'DnsRecord')).toMatchObject([{ type: 'TXT' }, { type: 'A', name: 'demo', value: '192.0.2.77' }])
})

test('a cluster that is being made is in it alone', async () => {
  const clusters = ALL.clusters.map((one) => ({ ...one, status: 'creating' }))
  const all = await ran(parts({ ...ALL, clusters }))
  expect(said(all, 'DatabaseCluster')).toMatchObject([{ name: 'mle-main', engine: 'pg', version: '15', nodeCount: 1 }])
  for (const type of ['DatabaseFirewall', 'DatabaseDb', 'DatabaseUser']) expect(of(all, type), type).toEqual([])
})

test('an old address of a name becomes the new one; the mark comes before any', async () => {
  const all = await ran(parts(ALL))
  expect(said(all, 'DnsRecord')).toEqual([
    { domain: 'example.org', ttl: 300, type: 'TXT', name: '_groundwork.demo', value: 'groundwork=mle' },
    { domain: 'example.org', ttl: 300, type: 'A', name: 'demo', value: '203.0.113.1' },
    { domain: 'example.org', ttl: 300, type: 'A', name: 'demo', value: '192.0.2.2' },
  ])
  expect(parts(ALL).flatMap(({ type, id }) => (type === 'DnsRecord' ? [id] : []))).toEqual(['13', '11', '12'])
})

test('all of it is in its project', async () => {
  expect(said(await ran(parts(ALL)), 'ProjectResources')).toEqual([
    { project: 'Sprocket-id', resources: ['do:droplet:7', 'do:droplet:7', 'do:volume:7', 'do:reservedip:203.0.113.1'] },
  ])
  expect(said(await ran(parts(NOTHING)), 'ProjectResources')[0]).toMatchObject({
    resources: ['do:droplet:7', 'do:droplet:7', 'do:volume:7'],
  })
})

test('a bucket keeps its versions where that is wanted; otherwise they are left as they are, and so are its rules', async () => {
  const buckets = of(await ran(parts(ALL)), 'SpacesBucket')
  expect(buckets.map(inputsOf)).toMatchObject([
    { name: 'mle-backups', region: 'nyc3', versioning: { enabled: true } },
    { name: 'mle-old', region: 'nyc3' },
  ])
  expect(buckets[1] && inputsOf(buckets[1])).not.toHaveProperty('versioning')
  expect(buckets.map(({ options }) => options.ignoreChanges)).toEqual([
    ['acl', 'corsRules', 'lifecycleRules', 'forceDestroy'],
    ['acl', 'corsRules', 'lifecycleRules', 'forceDestroy', 'versioning'],
  ])
  expect(parts(ALL).flatMap(({ type, adoptedAs }) => (type === 'SpacesBucket' ? [adoptedAs] : []))).toEqual([
    undefined,
    'nyc3,mle-old',
  ])
})
