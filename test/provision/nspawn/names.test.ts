import { expect, test } from 'vitest'
import { bridgeName, hostId } from '../../../src/provision/nspawn/names.ts'

test.each([
  ['a', 'b'],
  ['an-organization-with-a-long-name', 'a-host-with-a-name-of-many-letters'],
])('interfaces of %s %s have a name that Linux takes', (org, host) => {
  for (const name of [hostId(org, host), bridgeName(org)]) expect(name).toMatch(/^gw[hb]-[0-9a-f]{10}$/)
})

test.each([
  ['a-b', 'c', 'a', 'b-c'],
  ['a', 'b', 'b', 'a'],
])('%s %s and %s %s do not meet', (org, host, otherOrg, otherHost) => {
  expect(hostId(org, host)).not.toBe(hostId(otherOrg, otherHost))
})

test('another state directory has other names', () => {
  const here = hostId('a', 'b')
  const before = process.env.XDG_STATE_HOME
  process.env.XDG_STATE_HOME = '/elsewhere'
  const there = hostId('a', 'b')
  if (before === undefined) delete process.env.XDG_STATE_HOME
  else process.env.XDG_STATE_HOME = before
  expect(there).not.toBe(here)
})
