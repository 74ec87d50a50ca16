import { expect, test } from 'vitest'
import { closedChains } from '../../../src/provision/nspawn/forward.ts'

const chain = (family: string, table: string, name: string, hook?: string, policy?: string) => ({
  chain: { family, table, name, hook, policy },
})

test.each([
  ['Docker’s', chain('ip', 'filter', 'FORWARD', 'forward', 'drop'), true],
  ['a firewall of the operator', chain('inet', 'filter', 'input', 'input', 'drop'), true],
  ['an open one', chain('ip', 'filter', 'FORWARD', 'forward', 'accept'), false],
  ['one that is not a base chain', chain('ip', 'filter', 'DOCKER'), false],
  ['outward', chain('inet', 'filter', 'output', 'output', 'drop'), false],
  ['a bridge’s', chain('bridge', 'filter', 'forward', 'forward', 'drop'), false],
  ['our own', chain('inet', 'groundwork_sandbox', 'forward', 'forward', 'drop'), false],
])('a chain in the sandbox’s way: %s', (_name, listed, closed) => {
  expect(closedChains({ nftables: [listed, {}] })).toHaveLength(closed ? 1 : 0)
})
