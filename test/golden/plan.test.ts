import { expect, test } from 'vitest'
import { placedList } from '../../src/engine/placed.ts'
import { Secret } from '../../src/engine/secret.ts'
import type { Host, Org } from '../../src/inventory/org.ts'
import { readInventory } from '../../src/inventory/read.ts'
import { steps } from '../../src/steps/index.ts'
import { written } from './written.ts'

const KEY = 'YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU'
const ANA = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHhSeB8OoSBOEMW/0+vPRy4ocm/Y80GDAOrvHvOGeqzQ ana@laptop'

/** The inventory as a run knows it after first contact, with an organization key that everybody knows. */
function met(name: string): Org {
  const read = readInventory(`inventories/${name}.yaml`)
  const hosts = read.hosts.map(
    (host, index): Host => ({
      ...host,
      distribution: 'debian',
      codename: host.release,
      architecture: 'amd64',
      memoryMiB: 2048,
      cores: 2,
      primaryAddress: `192.0.2.${index + 1}`,
      sharesKernel: host.provider === 'sandbox',
      identity: undefined,
    }),
  )
  const operators = read.operators.map((one) => ({
    ...one,
    keys: one.keys.map((key) => (key === 'generated' ? ANA : key)),
  }))
  return { ...read, hosts, operators, key: new Secret(KEY) }
}

// Read the difference in review as you would read code; `npx vitest run --project plans test/golden -u` writes it anew.
test('the plan of an empty host', async () => {
  const org = met('sandbox')
  const list = steps(org)
  const text = written(placedList({ org, steps: list, hosts: org.hosts, only: undefined }), list)
  expect(text).not.toContain(KEY)
  await expect(`${text}\n`).toMatchFileSnapshot('sandbox.txt')
})
