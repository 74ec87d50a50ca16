import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, sandbox } from '../lab/sandbox.ts'

const head = `
organization: three
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts:
  - { name: m1, provider: sandbox, role: manager }
  - { name: w1, provider: sandbox, role: worker, labels: { role: storage } }
`
const second = '  - { name: w2, provider: sandbox, role: worker }\n'

describe('one manager and two workers', () => {
  let hosts: Sandbox
  beforeAll(() => {
    hosts = sandbox('three', head + second)
  })
  afterAll(() => hosts.down())

  const members = async () =>
    (await hosts.sh('m1', "docker node ls --format '{{.Hostname}} {{.Status}}' | sort")).trim().split('\n')
  const placed = (service: string) =>
    hosts.sh('m1', `docker service ps --filter desired-state=running --format '{{.Node}}' ${service}`)

  test('become one platform, with services where their labels are', async () => {
    const run = await hosts.run()
    expect(run.exit, run.out + run.err).toBe(0)
    expect(await members()).toEqual(['m1 Ready', 'w1 Ready', 'w2 Ready'])
    expect((await placed('data_postgres')).trim()).toBe('w1')
  })

  test('and are in sync, with one connection each', async () => {
    const run = await hosts.run('--json')
    expect(run.exit, run.out).toBe(0)
    expect(JSON.parse(run.out.trim().split('\n').at(-1) ?? '')).toMatchObject({
      changed: 0,
      failed: 0,
      connections: 3,
      hosts: 3,
    })
  })

  test('an interface that carries less, and a path that does, are told', async () => {
    const networkOf = (host: string) =>
      JSON.parse(readFileSync(join(hosts.state, 'groundwork', 'three', 'sandbox', `${host}.json`), 'utf8')).id as string
    const outside = (host: string, mtu: number) => execFileSync('ip', ['link', 'set', networkOf(host), 'mtu', `${mtu}`])
    // The host does not know that its neighbour cuts: large packets are gone without a word.
    outside('w2', 1400)
    const path = await hosts.run('--plan')
    outside('w2', 1500)
    expect(path.exit, path.out + path.err).toBe(2)
    expect(path.out).toMatch(/m1 .*large packets/)
    await hosts.sh('w2', 'ip link set dev host0 mtu 1400')
    const own = await hosts.run('--plan')
    await hosts.sh('w2', 'ip link set dev host0 mtu 1500')
    expect(own.exit, own.out + own.err).toBe(2)
    expect(own.out).toMatch(/network edge: .*mtu 1500 → 1400/)
    expect((await hosts.run('--plan')).exit).toBe(0)
  })

  test('a worker that leaves the inventory leaves the swarm', async () => {
    hosts.write(head)
    const run = await hosts.run('--yes')
    expect(run.exit, run.out + run.err).toBe(0)
    expect(await members()).toEqual(['m1 Ready', 'w1 Ready'])
  })

  test('and is brought back', async () => {
    hosts.write(head + second)
    const run = await hosts.run()
    expect(run.exit, run.out + run.err).toBe(0)
    expect(await members()).toEqual(['m1 Ready', 'w1 Ready', 'w2 Ready'])
    expect((await hosts.run()).out).toContain('in sync')
  })

  test('a worker whose machine died is there again, as it was', async () => {
    const key = (await hosts.sh('w1', 'cat /etc/ssh/ssh_host_ed25519_key.pub')).trim()
    const record = JSON.parse(readFileSync(join(hosts.state, 'groundwork', 'three', 'sandbox', 'w1.json'), 'utf8'))
    process.kill(record.process.pid, 'SIGKILL')
    const run = await hosts.run()
    expect(run.exit, run.out + run.err).toBe(0)
    expect(run.out).toContain('It was stopped; it is started again on its own disk')
    expect((await hosts.sh('w1', 'cat /etc/ssh/ssh_host_ed25519_key.pub')).trim()).toBe(key)
    expect(await members()).toEqual(['m1 Ready', 'w1 Ready', 'w2 Ready'])
    expect((await hosts.run()).out).toContain('in sync')
  })
})
