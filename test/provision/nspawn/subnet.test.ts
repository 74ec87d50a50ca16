import { expect, test } from 'vitest'
import { freeAddress, freeSubnet, overlap } from '../../../src/provision/nspawn/subnet.ts'

test.each([
  [[], '10.77.0.0/24'],
  [['10.77.0.0/24'], '10.78.0.0/24'],
  [['10.77.0.255'], '10.78.0.0/24'],
  [['10.77.1.0/24'], '10.77.0.0/24'],
  [['10.64.0.0/12'], '10.80.0.0/24'],
  [['10.0.0.0/8'], '192.168.77.0/24'],
  [['10.0.0.0/8', '192.168.77.3', '172.17.0.0/16'], '192.168.78.0/24'],
])('beside %j the next network is %s', (routed, free) => expect(freeSubnet(routed)).toBe(free))

test('no network is free', () => expect(() => freeSubnet(['0.0.0.0/1', '128.0.0.0/1'])).toThrow('no free network'))

test.each([
  ['10.1.0.0/16', '10.1.2.0/24', true],
  ['10.1.2.3', '10.1.2.0/24', true],
  ['10.1.2.0/24', '10.1.3.0/24', false],
])('%s and %s overlap: %s', (one, other, answer) => expect(overlap(one, other)).toBe(answer))

test.each([
  [[], '10.77.0.11'],
  [['10.77.0.11', '10.77.0.13'], '10.77.0.12'],
])('beside %j the next address is %s', (taken, free) => expect(freeAddress('10.77.0.0/24', taken)).toBe(free))
