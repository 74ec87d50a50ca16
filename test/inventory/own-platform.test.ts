import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { inventoryFaults, parseInventory } from '../../src/inventory/read.ts'
import { readPlatform } from '../../src/stacks/platform.ts'

const file = join('test', 'stacks', 'own.yaml')
const written = (platform: string) => `organization: own
platform: ${platform}
contact: ops@example.org
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: one, provider: sandbox, role: manager, labels: { role: storage } }]
`

test('a platform of one’s own lies beside the inventory, from wherever the command is typed', () => {
  const { platform } = parseInventory(written('./fixture'), file)
  expect(platform).toBe(resolve('test/stacks/fixture'))
  expect(readPlatform(platform)).toMatchObject({ name: 'fixture', directory: platform })
})

test.each([
  ['./nowhere', 'is "./nowhere"; there is no test/stacks/nowhere/platform.yaml'],
  ['./../stacks/fixture', 'or ./FOLDER beside this file'],
  ['/etc', 'or ./FOLDER beside this file'],
  ['./', 'or ./FOLDER beside this file'],
])('%s is told', (platform, message) => {
  const faults = inventoryFaults(written(platform), file)
  expect(faults.map((fault) => JSON.stringify(fault)).join()).toContain(JSON.stringify(message).slice(1, -1))
})
