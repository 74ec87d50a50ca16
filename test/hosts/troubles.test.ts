import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chance, drawn, part } from '../faults/chance.ts'
import { type Sandbox, sandbox } from '../lab/sandbox.ts'
import { metadataIsClosedToContainers } from './metadata.ts'
import { type Trouble, troubles } from './troubles.ts'

const inventory = `
organization: trouble
contact: ops@example.org
platform: ./platform
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: one, provider: sandbox, role: manager }]
`

const GATE_SECONDS = 90

// Each is the only service of a platform; a run that deploys it must say what is the matter, and end.
describe('services that do not come up', () => {
  let host: Sandbox

  const deploy = (service: Trouble['service']) => {
    const layer = { version: '3.8', 'x-groundwork': { gate: { seconds: GATE_SECONDS } }, services: { it: service } }
    writeFileSync(join(host.state, 'platform', 'trouble.yaml'), JSON.stringify(layer))
    return host.run('--verbose')
  }

  beforeAll(async () => {
    host = sandbox('trouble', inventory)
    mkdirSync(join(host.state, 'platform'))
    cpSync('test/stacks/fixture/images', join(host.state, 'platform', 'images'), { recursive: true })
    const platform = { title: 'One service', layers: ['trouble'], images: { base: 'debian', tool: {} } }
    writeFileSync(join(host.state, 'platform', 'platform.yaml'), JSON.stringify(platform))
    const run = await deploy({ image: 'groundwork/tool', command: ['stay'], deploy: { endpoint_mode: 'dnsrr' } })
    expect(run.exit, run.out + run.err).toBe(0)
  })
  afterAll(() => host.down())

  metadataIsClosedToContainers(() => host, 'trouble', 'one')

  // Each takes 5 to 25 s: another third each time, and all with FAULTS=whole.
  test.each([...part(drawn(troubles, Math.ceil(troubles.length / 3), chance('troubles')), troubles)])(
    '$name',
    { timeout: 300_000 },
    async ({ prepare, before, service, because, hopeless, cleanUp }) => {
      await host.sh('one', `docker service rm trouble_it >/dev/null 2>&1; set -e\n${prepare ?? ''}`)
      if (before) {
        const well = await deploy(before)
        expect(well.exit, well.out + well.err).toBe(0)
      }
      const run = await deploy(service)
      await host.sh('one', cleanUp ?? '')
      expect(run.exit, run.out + run.err).toBe(because.length ? 1 : 0)
      for (const words of because) expect(run.out).toContain(words)
      if (because.length) expect(run.out).toContain('service trouble_it')
      // Hopeless ones are given up long before the gate's time; nobody waits for ever.
      expect(run.seconds).toBeLessThan(hopeless ? GATE_SECONDS : GATE_SECONDS + 60)
    },
  )
})
