import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as pulumi from '@pulumi/pulumi'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { readInventory } from '../../../src/inventory/read.ts'
import { kindOf } from '../../../src/provision/digitalocean/resource-of.ts'
import { wantedOf } from '../../../src/provision/digitalocean/wanted.ts'
import type { Planned } from '../../../src/provision/pulumi/job.ts'
import { isInPulumi } from '../../../src/provision/pulumi/kinds.ts'
import { adoption, program } from '../../../src/provision/pulumi/program.ts'
import { typeOf, urnOf } from '../../../src/provision/pulumi/urn.ts'
import { ANA, BEN } from '../../inventory/broken/base.ts'

const folder = mkdtempSync(join(tmpdir(), 'program-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(
  join(folder, 'mle.yaml'),
  `organization: mle
platform: demo
contact: ops@example.org
operators: [{ name: ana, keys: [${ANA}] }, { name: ben, keys: [${BEN}] }]
hosts:
  - { name: mle-1, provider: digitalocean, region: nyc3, size: s-2vcpu-4gb, role: manager }
  - { name: mle-2, provider: digitalocean, region: nyc3, size: s-2vcpu-4gb, role: worker, backups: true }
access: { profile: public, domain: example.org }
digitalocean: { token: { env: DO_TOKEN } }
`,
)
const list = wantedOf(readInventory(join(folder, 'mle.yaml')), [], []).filter(isInPulumi)
const planned = (more: (name: string) => Partial<Planned> = () => ({})): readonly Planned[] =>
  list.map((wanted) => ({
    wanted,
    id: undefined,
    kept: kindOf(wanted).kept !== undefined,
    replace: false,
    network: undefined,
    userData: wanted.kind === 'droplet' ? '#cloud-config\nkey: PRIVATE' : undefined,
    ...more(wanted.name),
  }))

interface Registered {
  readonly type: string
  readonly name: string
  readonly props: Readonly<Record<string, unknown>>
  readonly options: pulumi.CustomResourceOptions
}

const inputs = new Map<string, Readonly<Record<string, unknown>>>()

/** What the program says to Pulumi, whose engine these mocks take the place of. */
async function ran(objects: readonly Planned[], said = program('mle', objects)): Promise<readonly Registered[]> {
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
        return { id: `${made.name}-id`, state: made.inputs }
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

test('a droplet is made in the private network of its inventory, and stays where it was made', async () => {
  const [droplet] = (await ran(planned(() => ({ network: 'vpc-1' })))).filter(({ name }) => name === 'mle-1')
  expect(droplet?.props.vpcUuid).toBe('vpc-1')
  expect(droplet?.options.ignoreChanges).toContain('vpcUuid')
})

test('everything of the list is in the program, once, and nothing besides but its tag', async () => {
  const all = await ran(planned())
  expect(all.map(({ type }) => type).sort()).toEqual(['digitalocean:index/tag:Tag', ...list.map(typeOf)].sort())
  expect(new Set(all.map(({ type, name }) => `${type} ${name}`)).size).toBe(all.length)
})

test('droplets are as they are wanted, behind their tags and keys', async () => {
  const all = await ran(planned())
  const droplets = all.filter(({ type }) => type.endsWith(':Droplet'))
  expect(droplets.map(inputsOf)).toMatchObject([
    { name: 'mle-1', region: 'nyc3', size: 's-2vcpu-4gb', image: 'debian-13-x64', backups: false, resizeDisk: false },
    { name: 'mle-2', backups: true, tags: ['groundwork:mle', 'groundwork:mle:mle-2'] },
  ])
  const [first] = droplets
  expect(first?.props.sshKeys).toHaveLength(2)
  expect(first?.options.dependsOn).toHaveLength(3)
})

test('the user data, which holds a private key, is a secret', async () => {
  const droplets = (await ran(planned())).filter(({ type }) => type.endsWith(':Droplet'))
  expect(droplets).toHaveLength(2)
  for (const { props, options } of droplets) {
    expect(options.additionalSecretOutputs).toEqual(['userData'])
    expect(pulumi.Output.isInstance(props.userData) && (await pulumi.isSecret(props.userData))).toBe(true)
  }
})

test('what holds data is protected, and what would make it another one is not looked at', async () => {
  for (const { type, options } of await ran(planned(() => ({ id: '7', userData: undefined })))) {
    expect(options.protect === true, type).toBe(type.endsWith(':Droplet'))
    expect(options.deleteBeforeReplace || type.endsWith(':Tag'), type).toBe(true)
    if (type.endsWith(':Droplet'))
      expect(options.ignoreChanges).toEqual(expect.arrayContaining(['image', 'userData', 'sshKeys', 'monitoring']))
    // Somebody may have given a key that is there a name of their own.
    if (type.endsWith(':SshKey')) expect(options.ignoreChanges).toEqual(['name'])
  }
})

test('what --allow-replace names, and that alone, is neither protected nor left as it is', async () => {
  const all = await ran(planned((name) => ({ id: '7', replace: name === 'mle-1' })))
  const of = (name: string) => all.find((one) => one.name === name)?.options
  expect(of('mle-1')).toMatchObject({ protect: false })
  expect(of('mle-1')).not.toHaveProperty('ignoreChanges')
  expect(of('mle-2')).toMatchObject({ protect: true })
})

test('what is adopted is taken as it is found; what is not there is left out, and nothing is changed', async () => {
  const objects = planned((name) => ({ id: name === 'mle-2' ? undefined : '7', userData: undefined }))
  const urns = objects.filter(({ wanted }) => wanted.name === 'mle-1').map(({ wanted }) => urnOf('mle', wanted))
  const all = await ran(objects, adoption('mle', objects, urns))
  expect(all.map(({ name }) => name)).not.toContain('mle-2')
  expect(all.filter(({ options }) => options.import !== undefined).map(({ name }) => name)).toEqual(['mle-1'])
  for (const { type, options } of all.filter((one) => !one.type.endsWith(':Tag')))
    expect(options, type).toMatchObject({ ignoreChanges: ['*'], protect: type.endsWith(':Droplet') })
})

test('the firewall says the same as the API is told', async () => {
  const wall = (await ran(planned())).find(({ type }) => type.endsWith(':Firewall'))
  expect(wall && inputsOf(wall)).toMatchObject({
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
