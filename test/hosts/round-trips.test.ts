import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { bootstrap } from '../../src/commands/bootstrap.ts'
import { step } from '../../src/engine/resource.ts'
import { sh } from '../../src/engine/sh.ts'
import { command } from '../../src/resources/command.ts'
import { type FaultProxy, proxy } from '../lab/proxy.ts'
import { sandbox } from '../lab/sandbox.ts'

// Time is measured by bench/; here only what does not depend on the machine is counted.
const box = sandbox(
  'trips-test',
  `organization: trips-test
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: trips-1, provider: sandbox, role: manager }]
`,
)
let far: FaultProxy

const twentyInSync = step({
  id: 'twenty',
  title: 'Twenty things are as they are',
  resources: () =>
    Array.from({ length: 20 }, (_, index) =>
      command(`number ${index}`, { is: sh`echo ${index}`, wanted: String(index), make: sh`exit 1` }),
    ),
})

beforeAll(async () => {
  await box.upTo('ready')
  far = await proxy({ address: await box.address('trips-1') }, { roundTripMs: 50 })
})

afterAll(async () => {
  await far?.close()
  await box.down()
})

test('a host in sync takes one connection, three sessions and at most 16 round trips', async () => {
  const [, hostKey] = (await box.sh('trips-1', 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).split(' ')
  const key = await box.sh('trips-1', 'cat /root/.ssh/authorized_keys')
  box.write(`organization: trips-test
contact: ops@example.org
platform: demo
ssh: { port: ${far.port} }
operators: [{ name: ana, keys: ["${key.trim()}"] }]
hosts:
  - name: trips-1
    provider: existing
    address: 127.0.0.1
    port: ${far.port}
    hostKey: ${hostKey}
    identity: ${join(box.state, 'groundwork', 'trips-test', 'id_ed25519')}
    role: manager
    labels: { role: storage }
`)
  vi.stubEnv('XDG_STATE_HOME', join(box.state, 'far'))
  const options = { inventory: box.inventory, only: undefined, host: [], allowReplace: [], plan: false, json: true }
  const exit = await bootstrap({ ...options, yes: false, wait: false, verbose: false }, () => [twentyInSync])
  vi.unstubAllEnvs()
  expect(exit).toBe(0)
  const runs = join(box.state, 'far', 'groundwork', 'trips-test', 'runs')
  const summary = readFileSync(join(runs, readdirSync(runs)[0] ?? ''), 'utf8')
    .trim()
    .split('\n')
    .at(-1)
  expect(JSON.parse(summary ?? '')).toMatchObject({ resources: 20, inSync: 20, connections: 1, sessions: 3 })
  const { connections, roundTrips } = far.passed()
  expect(connections).toBe(1)
  expect(roundTrips).toBeGreaterThan(5)
  expect(roundTrips).toBeLessThanOrEqual(16)
})
