import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type Destination } from '../../src/engine/connect.ts'
import { firstContact } from '../../src/engine/facts.ts'
import type { Remote } from '../../src/engine/remote.ts'
import type { Host, HostWish } from '../../src/inventory/org.ts'
import { type FaultProxy, proxy, type Weather } from '../lab/proxy.ts'
import { type Sandbox, sandbox } from '../lab/sandbox.ts'

/** A bare host that is in sync up to one step, and ways to it that can be made bad: a run of it costs a second. */
export interface SmallHost {
  readonly box: Sandbox
  readonly host: Host
  readonly address: string
  readonly sh: (text: string) => Promise<string>
  /** A connection of the engine, over this port of 127.0.0.1 where one is given. */
  readonly connect: (port?: number) => Promise<Remote>
  /** A way there in this weather, and the path of an inventory that goes it. */
  readonly way: (weather?: Weather) => Promise<FaultProxy & { readonly inventory: string }>
  readonly down: () => Promise<void>
}

const NAME = 'bare'

/** Makes the host, and brings it in sync up to these steps. The organization's name must be the test's own. */
export async function smallHost(org: string, ...steps: readonly string[]): Promise<SmallHost> {
  const box = sandbox(org, inventory(org, 'provider: sandbox'))
  await box.upTo('ready', 'ownership', ...steps)
  const address = await box.address(NAME)
  const identity = join(box.state, 'groundwork', org, 'id_ed25519')
  let hostKey = ''
  const to = (port?: number): Destination => ({
    name: NAME,
    address: port === undefined ? address : '127.0.0.1',
    port: port ?? 22,
    user: 'root',
    identities: [identity],
    agent: undefined,
    verify: (seen) => {
      hostKey = seen
    },
  })
  const wish = { name: NAME, provider: 'sandbox', role: 'manager', firstUser: 'root', user: 'root' } as HostWish
  const first = await connect(to())
  const host: Host = { ...wish, ...(await firstContact(wish, first, true)).facts }
  first.close()
  const ways: FaultProxy[] = []
  return {
    box,
    host,
    address,
    sh: (text) => box.sh(NAME, text),
    connect: (port) => connect(to(port)),
    way: async (weather) => {
      const way = await proxy({ address }, weather)
      ways.push(way)
      const path = join(box.state, `${way.port}.yaml`)
      const key = readFileSync(`${identity}.pub`, 'utf8').trim()
      const by = `provider: existing, address: 127.0.0.1, port: ${way.port}, hostKey: "${hostKey}", identity: ${identity}`
      // The port from then on is the proxy's as well: nobody looks for a host at this machine's own port 22.
      writeFileSync(path, `${inventory(org, by, key)}ssh: { port: ${way.port} }\n`)
      return { ...way, inventory: path }
    },
    down: async () => {
      for (const way of ways) await way.close()
      await box.down()
    },
  }
}

const inventory = (org: string, by: string, key = 'generated') => `
organization: ${org}
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: ["${key}"] }]
hosts: [{ name: ${NAME}, ${by}, role: manager, labels: { role: storage } }]
`
