import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Event } from '../../src/engine/event.ts'
import { hints } from '../../src/report/hints.ts'
import { terminalReader } from '../../src/report/terminal.ts'
import {
  change,
  daemonDrift,
  madeHost,
  redisDrift,
  run,
  secretDrift,
  step,
  steps,
  summary,
  unhealthy,
  webPage,
} from './events.ts'
import { ScreenBuffer } from './screen-buffer.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

const sandboxHints = hints({
  file: 'inventories/sandbox.yaml',
  hosts: [{ name: 'sandbox-1', provider: 'sandbox' }] as never,
})

function screenAfter(events: readonly Event[], { screen = new ScreenBuffer(), end = true, colour = false } = {}) {
  const reader = terminalReader(screen, { hints: sandboxHints, colour })
  for (const event of events) {
    reader.report(event)
    vi.advanceTimersByTime(300)
  }
  if (end) reader.end()
  return screen.text
}

const firstRun = [
  run(),
  ...steps('ready', 'base', 'users', 'docker', 'swarm', 'apps', 'checks'),
  madeHost,
  change('planned', ['sandbox-1', 'base', 'package curl'], { installed: [null, 'yes'] }),
  step('ready', 'running'),
  step('ready', 'done', 0, 2),
  step('base', 'running'),
  step('base', 'done', 14, 12),
  step('users', 'running'),
  step('users', 'done', 3, 1),
  step('docker', 'running', 0, 6),
  { event: 'output', host: 'sandbox-1', step: 'docker', line: 'apt-get: Unpacking containerd (1.7.24)\u001b[K' },
] as const satisfies readonly Event[]

test('a first run, in the middle', () => {
  expect(`\n${screenAfter(firstRun, { end: false })}\n`).toMatchInlineSnapshot(`
    "
    groundwork · sandbox · platform demo · 1 host                        inventories/sandbox.yaml

    sandbox-1  Debian 13 made on this machine                          31 s (kept: next time 1 s)
               10.77.0.11 · 2 cores · 23 GiB · root · host key SHA256:4pX…Qk (pinned)

    ✓ ready      The host is reachable and ready                                              2 s
    ✓ base       The base system is as the inventory says                 14 changed         12 s
    ✓ users      The operators can log in                                  3 changed          1 s
    ⠼ docker     Docker is installed and running                                              6 s
                 apt-get: Unpacking containerd (1.7.24)
      swarm      The first manager has started the swarm
      … 2 more
    "
  `)
})

test('a first run, at its end', () => {
  const events = [
    ...firstRun,
    step('docker', 'done', 8, 41),
    ...Array.from({ length: 30 }, (_, index) =>
      change('applied', ['sandbox-1', 'docker', `file ${index}`], { content: [null, 'a'.repeat(64)] }),
    ),
    webPage,
    summary({ changed: 55, inSync: 8, seconds: 101, downloadedBytes: 88_000_000, downloadSeconds: 21 }),
  ]
  expect(`\n${screenAfter(events)}\n`).toMatchInlineSnapshot(`
    "
    groundwork · sandbox · platform demo · 1 host                        inventories/sandbox.yaml

    sandbox-1  Debian 13 made on this machine                          31 s (kept: next time 1 s)
               10.77.0.11 · 2 cores · 23 GiB · root · host key SHA256:4pX…Qk (pinned)

    ✓ ready      The host is reachable and ready                                              2 s
    ✓ base       The base system is as the inventory says                 14 changed         12 s
    ✓ users      The operators can log in                                  3 changed          1 s
    ✓ docker     Docker is installed and running                           8 changed         41 s

    63 resources: 55 changed, 8 in sync · 84 MiB downloaded in 21 s                    1 min 41 s

    web page    http://10.77.0.11/      200 · redis up · postgres up · rabbitmq up

    again       npx tsx bootstrap.ts --inventory inventories/sandbox.yaml   repairs drift; 2 s if none
    look        npx tsx bootstrap.ts --inventory inventories/sandbox.yaml --plan
    take away   npx tsx bootstrap.ts sandbox down sandbox-1 --inventory inventories/sandbox.yaml
    "
  `)
})

test('what the time went into, where a provider made the hosts', () => {
  const phases = [
    { phase: 'cloud', seconds: 41 },
    { phase: 'first contact', seconds: 16.2 },
    { phase: 'steps', seconds: 110 },
  ]
  const seen = (more = {}) =>
    screenAfter([run(), step('ready', 'done', 1, 2), summary({ changed: 55, phases, ...more })])
  expect(seen()).toContain('changed, 63 in sync')
  expect(seen().split('\n')).toContain('cloud 41 s · first contact 16 s · steps 1 min 50 s')
  expect(seen({ changed: 0 })).not.toContain('first contact')
})

test('in sync: two lines, exactly', () => {
  const events = [run(), ...steps('ready', 'base'), madeHost, step('ready', 'done'), webPage, summary()]
  expect(screenAfter(events)).toBe(
    [
      'groundwork · sandbox · platform demo · 1 host                        inventories/sandbox.yaml',
      '63 resources in sync · 1 connection, 2 sessions · 0.6 s',
    ].join('\n'),
  )
})

test('while nothing is known to differ, the hosts and how long it takes', () => {
  expect(`\n${screenAfter([run(), madeHost], { end: false })}\n`).toMatchInlineSnapshot(`
    "
    groundwork · sandbox · platform demo · 1 host                        inventories/sandbox.yaml

    sandbox-1  Debian 13 made on this machine                          31 s (kept: next time 1 s)
               10.77.0.11 · 2 cores · 23 GiB · root · host key SHA256:4pX…Qk (pinned)

    ⠦ looking at 1 host                                                                       0 s
    "
  `)
})

test('a plan with drift', () => {
  const events = [
    run({ plan: true }),
    madeHost,
    daemonDrift('planned'),
    redisDrift,
    secretDrift,
    summary({ changed: 3, inSync: 60, exit: 2 }),
  ]
  expect(`\n${screenAfter(events)}\n`).toMatchInlineSnapshot(`
    "
    groundwork · sandbox · platform demo · 1 host                        inventories/sandbox.yaml

    sandbox-1 › docker › file /etc/docker/daemon.json  content
        -  "log-opts": { "max-size": "100m" }
        +  "log-opts": { "max-size": "10m" }
        then Docker restarts: 8 containers on sandbox-1 stop for some seconds
    sandbox-1 › data › service data_redis              replicas 0 → 1 · memory limit none → 256 MiB
    sandbox-1 › data › secret postgres-password        missing → made
        then data_postgres and apps_api restart

    3 to change, 60 in sync, 0 unknown                                                      0.6 s
    "
  `)
})

test('a repair says what it repaired', () => {
  const events = [
    run(),
    ...steps('ready', 'docker'),
    daemonDrift('planned'),
    step('ready', 'done', 0, 0.2),
    step('docker', 'running'),
    daemonDrift('applying'),
    daemonDrift('applied'),
    step('docker', 'done', 1, 3),
    summary({ changed: 1, inSync: 62, seconds: 4.4 }),
  ]
  expect(`\n${screenAfter(events)}\n`).toMatchInlineSnapshot(`
    "
    groundwork · sandbox · platform demo · 1 host                        inventories/sandbox.yaml

    ✓ ready      The host is reachable and ready                                            0.2 s
    ✓ docker     Docker is installed and running                           1 changed          3 s

    sandbox-1 › docker › file /etc/docker/daemon.json  content changed
        -  "log-opts": { "max-size": "100m" }
        +  "log-opts": { "max-size": "10m" }

    63 resources: 1 changed, 62 in sync                                                     4.4 s

    again       npx tsx bootstrap.ts --inventory inventories/sandbox.yaml   repairs drift; 2 s if none
    look        npx tsx bootstrap.ts --inventory inventories/sandbox.yaml --plan
    take away   npx tsx bootstrap.ts sandbox down sandbox-1 --inventory inventories/sandbox.yaml
    "
  `)
})

test('a fix that interrupts says so while it runs', () => {
  const events = [run(), ...steps('docker'), step('docker', 'running'), daemonDrift('applying')]
  expect(screenAfter(events, { end: false })).toContain(
    'file /etc/docker/daemon.json: Docker restarts: 8 containers on sandbox-1',
  )
})

test('a fault', () => {
  const events = [
    run(),
    ...steps('apps', 'checks'),
    step('apps', 'running'),
    step('apps', 'failed', 1, 95),
    unhealthy,
    summary({ changed: 1, inSync: 61, failed: 1, seconds: 96, exit: 1 }),
  ]
  expect(`\n${screenAfter(events)}\n`).toMatchInlineSnapshot(`
    "
    groundwork · sandbox · platform demo · 1 host                        inventories/sandbox.yaml

    ✗ apps       The applications are healthy                              1 changed   1 min 35 s

    ✗ sandbox-1 › apps › service apps_api                    did not become healthy in 90 s
      because    task 3 of 3 ended with exit 1 four times; its last lines:
                   Error: connect ECONNREFUSED 10.0.2.7:5432\\x1b[2J
      not tried  checks
      try        npx tsx bootstrap.ts logs apps_api       (or: docker service logs apps_api)
                 is data_postgres healthy?  docker service ps data_postgres
      again      the same command goes on where this stopped

    63 resources: 1 changed, 61 in sync, 1 failed                                      1 min 36 s
    "
  `)
})

test('a fault is on the screen as soon as it is known, and only once at the end', () => {
  const events = [run({ hosts: 2 }), ...steps('apps', 'checks'), step('apps', 'running'), unhealthy]
  const heading = /✗ sandbox-1 › apps › service apps_api +did not become/g
  expect(screenAfter(events, { end: false }).match(heading)).toHaveLength(1)
  expect(screenAfter([...events, summary({ failed: 1, exit: 1 })]).match(heading)).toHaveLength(1)
})

test('a fault without a summary is still told when the run ends', () => {
  expect(screenAfter([{ event: 'fault', what: 'inventories/mle.yaml has 3 faults:\n\n  14:11  hosts[1].role' }])).toBe(
    'inventories/mle.yaml has 3 faults:\n\n  14:11  hosts[1].role',
  )
})

const interrupted = [run(), ...steps('ready', 'docker', 'apps'), step('ready', 'done', 1, 2), step('docker', 'running')]

test('interrupted after the current fix', () => {
  const events: readonly Event[] = [
    ...interrupted,
    { event: 'interrupt', state: 'finishing', fix: 'docker › packages' },
    summary({ changed: 1, exit: 130 }),
  ]
  expect(`\n${screenAfter(events)}\n`).toMatchInlineSnapshot(`
    "
    groundwork · sandbox · platform demo · 1 host                        inventories/sandbox.yaml

    ✓ ready      The host is reachable and ready                           1 changed          2 s
    ^C finishing the current fix (docker › packages), then stopping. Ctrl-C again stops at once.

    – docker     Docker is installed and running                                              0 s

    interrupted after 1 of 3 steps; nothing is half-written. The same command goes on from here.
    "
  `)
})

test('interrupted in the middle of a fix', () => {
  const events: readonly Event[] = [
    ...interrupted,
    { event: 'interrupt', state: 'stopped', fix: 'docker › packages' },
    summary({ changed: 1, exit: 130 }),
  ]
  expect(screenAfter(events)).toContain(
    'interrupted after 1 of 3 steps, in the middle of a fix. The same command goes on from here.',
  )
})

test.each([20, 40, 60, 79])('at %i columns no moving line wraps', (columns) => {
  const screen = new ScreenBuffer(columns)
  const reader = terminalReader(screen, { colour: true })
  for (const event of firstRun) {
    reader.report(event)
    vi.advanceTimersByTime(300)
  }
  const drawn = screen.text.split('\n')
  vi.advanceTimersByTime(5000)
  expect(screen.text.split('\n').length).toBe(drawn.length)
  expect(drawn.filter((line) => line.includes('docker'))).toHaveLength(1)
  reader.end()
})

test('a window of six rows: the moving part never reaches above it', () => {
  const screen = new ScreenBuffer(80, 6)
  const hosts = Array.from({ length: 9 }, (_, index): Event => ({ ...madeHost, host: `bee-${index}` }) as Event)
  expect(() => screenAfter([run({ hosts: 9 }), ...hosts, ...firstRun.slice(1)], { screen })).not.toThrow()
})

test('at most ten redraws a second, whatever is told', () => {
  const screen = new ScreenBuffer()
  const reader = terminalReader(screen, { colour: false })
  for (const event of firstRun) reader.report(event)
  const before = screen.writes
  for (let index = 0; index < 1000; index++) {
    reader.report({ event: 'output', host: 'sandbox-1', step: 'docker', line: `line ${index}` })
    vi.advanceTimersByTime(1)
  }
  expect(screen.writes - before).toBeGreaterThan(5)
  expect(screen.writes - before).toBeLessThanOrEqual(10)
  reader.end()
})

test('nothing is drawn while a question is open', async () => {
  const screen = new ScreenBuffer()
  const reader = terminalReader(screen, { colour: false })
  for (const event of firstRun) reader.report(event)
  await reader.hold(async () => {
    const before = screen.writes
    reader.report(step('docker', 'done', 1, 7))
    vi.advanceTimersByTime(2000)
    expect(screen.writes).toBe(before)
  })
  vi.advanceTimersByTime(200)
  expect(screen.text).toContain('✓ docker')
  reader.end()
})

test('a reader that went away ends nothing but the writing', () => {
  const screen = new ScreenBuffer()
  const reader = terminalReader(screen)
  reader.report(run())
  screen.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  const before = screen.writes
  reader.report(summary())
  reader.end()
  expect(screen.writes).toBe(before)
})

test('colours change nothing that is read', () => {
  const coloured = screenAfter(firstRun, { colour: true, end: false })
  vi.setSystemTime(0)
  expect(coloured).toBe(screenAfter(firstRun, { end: false }))
})

test.each([1, 5, 12])('a window of %i columns harms nothing', (columns) => {
  expect(() => screenAfter(firstRun, { screen: new ScreenBuffer(columns) })).not.toThrow()
})

test('a run that could not begin ends with its fault, without counts of nothing', () => {
  const held: Event = { event: 'fault', what: 'mle-1 is being changed by ana@laptop.', try: 'add --wait' }
  const events = [run(), held, summary({ resources: 0, inSync: 0, failed: 1, exit: 75 })]
  expect(screenAfter(events).split('\n').slice(1)).toEqual([
    '',
    '✗ mle-1 is being changed by ana@laptop.',
    '  try        add --wait',
  ])
})
