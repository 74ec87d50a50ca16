import { expect, test } from 'vitest'
import { hostsFor } from '../../src/stacks/placement.ts'
import { host } from './org.ts'

const hosts = [host('a', 'manager', { role: 'storage' }), host('b', 'worker', { role: 'front' }), host('c', 'worker')]

test.each([
  [[], 'abc'],
  [['node.role == manager'], 'a'],
  [['node.role != manager'], 'bc'],
  [['node.labels.role == storage'], 'a'],
  [['node.labels.role != storage'], 'bc'],
  [['node.labels.role==STORAGE'], 'a'],
  [['node.hostname == b', 'node.role == worker'], 'b'],
  [['node.hostname == b', 'node.role == manager'], ''],
])('%j', (constraints, names) => {
  const found = hostsFor({ image: 'x', deploy: { placement: { constraints } } }, hosts)
  expect(found.map(({ name }) => name).join('')).toBe(names)
})

test('what the inventory cannot answer is a fault', () => {
  const service = { image: 'x', deploy: { placement: { constraints: ['engine.labels.a == b'] } } }
  expect(() => hostsFor(service, hosts)).toThrow('cannot be told')
})
