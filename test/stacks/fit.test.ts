import { expect, test } from 'vitest'
import { Fault } from '../../src/engine/fault.ts'
import type { Host } from '../../src/inventory/org.ts'
import { readInventory } from '../../src/inventory/read.ts'
import { mustFit } from '../../src/stacks/fit.ts'
import { readPlatform } from '../../src/stacks/platform.ts'
import { host } from './org.ts'

const faultOf = (...hosts: readonly Host[]): Fault | undefined => {
  try {
    mustFit(readPlatform('demo'), { file: 'inventories/mle.yaml', hosts })
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  return undefined
}

test.each(['example', 'sandbox'])('%s has a host for every service', (name) => {
  const { platform, file, hosts } = readInventory(`inventories/${name}.yaml`)
  expect(() => mustFit(readPlatform(platform), { file, hosts })).not.toThrow()
})

test('a label in its place is enough, whatever the role', () => {
  expect(faultOf(host('a', 'worker'), host('b', 'manager', { role: 'storage' }))).toBeUndefined()
})

test('services that no host may run are told at once, with what they look for', () => {
  const fault = faultOf(host('a', 'manager'))
  expect(fault).toMatchObject({
    message: '3 services have no host.',
    at: 'inventories/mle.yaml › hosts',
    try: 'give one host labels: { role: storage }',
    exit: 64,
  })
  expect(fault?.because).toContain('data_postgres runs where node.labels.role == storage')
})

test.each([
  [{ role: 'storag' }, '(a has role: storag; did you mean that?)'],
  [{ rol: 'storage' }, '(a has rol: storage; did you mean that?)'],
  [{ rack: 'b2' }, '{ role: storage }'],
])('a label that nearly says it is named: %j', (labels, says) => {
  expect(faultOf(host('a', 'manager', labels))?.try?.endsWith(says)).toBe(true)
})
