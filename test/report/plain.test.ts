import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Event } from '../../src/engine/event.ts'
import { plainReader } from '../../src/report/plain.ts'
import { Collect } from './collect.ts'
import { change, daemonDrift, madeHost, redisDrift, run, step, steps, summary, unhealthy, webPage } from './events.ts'

const start = Date.UTC(2026, 10, 22, 21, 4, 12, 345)

function plain(events: readonly Event[], secondsBetween = 2): string {
  let time = start - secondsBetween * 1000
  const sink = new Collect()
  const reader = plainReader(sink, {
    now: () => time,
    hints: [{ word: 'look', command: 'npx tsx bootstrap.ts --plan' }],
  })
  for (const event of events) {
    time += secondsBetween * 1000
    reader.report(event)
  }
  reader.end()
  return new TextDecoder('utf-8', { fatal: true }).decode(sink.bytes)
}

test('a run', () => {
  const events: readonly Event[] = [
    run(),
    ...steps('docker'),
    madeHost,
    daemonDrift('planned'),
    step('docker', 'running'),
    daemonDrift('applying'),
    { event: 'output', host: 'sandbox-1', step: 'docker', line: 'Unpacking' },
    daemonDrift('applied'),
    step('docker', 'done', 1, 6),
    webPage,
    summary({ changed: 1, inSync: 62, seconds: 101 }),
  ]
  expect(`\n${plain(events)}`).toMatchInlineSnapshot(`
    "
    2026-11-22T21:04:12Z groundwork · sandbox · platform demo · 1 host · inventories/sandbox.yaml
    2026-11-22T21:04:16Z sandbox-1 │ Debian 13 made on this machine · 10.77.0.11 · 2 cores · 23 GiB · root · host key SHA256:4pX…Qk (pinned) · 31 s · kept: next time 1 s
    2026-11-22T21:04:20Z all │ docker │ Docker is installed and running: begins
    2026-11-22T21:04:22Z sandbox-1 │ docker │ then Docker restarts: 8 containers on sandbox-1 stop for some seconds
    2026-11-22T21:04:26Z sandbox-1 │ docker │ file /etc/docker/daemon.json: content changed
    2026-11-22T21:04:28Z all │ docker │ Docker is installed and running: done in 6 s, 1 changed
    2026-11-22T21:04:30Z web page │ http://10.77.0.11/ │ 200 · redis up · postgres up · rabbitmq up
    2026-11-22T21:04:32Z 63 resources: 1 changed, 62 in sync · 1 min 41 s
    2026-11-22T21:04:32Z look: npx tsx bootstrap.ts --plan
    "
  `)
})

test('in sync', () => {
  expect(plain([run(), summary()])).toBe(
    '2026-11-22T21:04:12Z groundwork · sandbox · platform demo · 1 host · inventories/sandbox.yaml\n' +
      '2026-11-22T21:04:14Z 63 resources in sync · 1 connection, 2 sessions · 0.6 s\n',
  )
})

test('a plan', () => {
  const events = [run({ plan: true }), daemonDrift('planned'), redisDrift, summary({ changed: 2, inSync: 61, exit: 2 })]
  expect(`\n${plain(events)}`).toMatchInlineSnapshot(`
    "
    2026-11-22T21:04:12Z groundwork · sandbox · platform demo · 1 host · inventories/sandbox.yaml
    2026-11-22T21:04:14Z sandbox-1 │ docker │ file /etc/docker/daemon.json: content
    2026-11-22T21:04:14Z sandbox-1 │ docker │     @@ -2,1 +2,1 @@
    2026-11-22T21:04:14Z sandbox-1 │ docker │     -  "log-opts": { "max-size": "100m" }
    2026-11-22T21:04:14Z sandbox-1 │ docker │     +  "log-opts": { "max-size": "10m" }
    2026-11-22T21:04:14Z sandbox-1 │ docker │ then Docker restarts: 8 containers on sandbox-1 stop for some seconds
    2026-11-22T21:04:16Z sandbox-1 │ data │ service data_redis: replicas 0 → 1 · memory limit none → 256 MiB
    2026-11-22T21:04:18Z 2 to change, 61 in sync, 0 unknown · 0.6 s
    "
  `)
})

test('a fault', () => {
  expect(`\n${plain([run(), unhealthy, summary({ failed: 1, inSync: 62, exit: 1 })])}`).toMatchInlineSnapshot(`
    "
    2026-11-22T21:04:12Z groundwork · sandbox · platform demo · 1 host · inventories/sandbox.yaml
    2026-11-22T21:04:14Z ✗ sandbox-1 › apps › service apps_api                    did not become healthy in 90 s
    2026-11-22T21:04:14Z   because    task 3 of 3 ended with exit 1 four times; its last lines:
    2026-11-22T21:04:14Z                Error: connect ECONNREFUSED 10.0.2.7:5432\\x1b[2J
    2026-11-22T21:04:14Z   not tried  checks
    2026-11-22T21:04:14Z   try        npx tsx bootstrap.ts logs apps_api       (or: docker service logs apps_api)
    2026-11-22T21:04:14Z              is data_postgres healthy?  docker service ps data_postgres
    2026-11-22T21:04:14Z   again      the same command goes on where this stopped
    2026-11-22T21:04:16Z 63 resources: 0 changed, 62 in sync, 1 failed · 0.6 s
    "
  `)
})

test('interrupted', () => {
  const events: readonly Event[] = [
    run(),
    ...steps('ready', 'docker'),
    step('ready', 'done', 1, 2),
    { event: 'interrupt', state: 'finishing', fix: 'docker › packages' },
    summary({ exit: 130 }),
  ]
  expect(plain(events)).toContain('interrupted after 1 of 2 steps; nothing is half-written.')
})

test('a long silence is broken by the last line of the fix', () => {
  const output = { event: 'output', host: 'bee', step: 'docker', line: 'Unpacking' } as const
  expect(plain([run(), output, output], 14)).not.toContain('Unpacking')
  expect(plain([run(), output, output, output, output], 15).match(/bee │ docker │ … Unpacking/g)).toHaveLength(2)
})

test('no control characters, and valid UTF-8, whatever a host says', () => {
  const texts = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(texts, fc.boolean(), (text, plan) => {
      const events: readonly Event[] = [
        run({ org: text, inventory: text, plan }),
        { event: 'note', host: text, text },
        { event: 'host', host: text, text, details: text, remark: text },
        step(text, 'done'),
        change(
          plan ? 'planned' : 'applied',
          [text, text, text],
          { [text]: [text, text] },
          { diff: text, interrupts: text },
        ),
        { event: 'unknown', host: text, step: text, resource: text, because: text },
        { event: 'output', host: text, step: text, line: text },
        { event: 'check', name: text, at: text, answer: text, healthy: false },
        { event: 'interrupt', state: 'finishing', fix: text },
        { event: 'fault', what: text, at: text, because: text, try: text, notTried: [text] },
        summary({ exit: 130 }),
      ]
      return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(plain(events).replaceAll('\n', ''))
    }),
  )
})
