import type { HostWish } from '../../src/inventory/org.ts'
import { sandbox } from '../../src/provision/sandbox.ts'

/** A sandbox host as an inventory names it. */
export const sandboxHost = (name: string): HostWish => ({
  name,
  provider: 'sandbox',
  role: 'manager',
  labels: {},
  firstUser: 'root',
  user: 'root',
  port: 22,
  address: undefined,
  hostKey: undefined,
  identity: undefined,
  release: 'trixie',
})

// As a program of its own it makes one host: to be killed while it does.
const [org, name] = process.argv.slice(2)
if (process.argv[1]?.endsWith('make-sandbox.ts') && org && name) {
  await sandbox.make(org, sandboxHost(name), () => undefined)
}
