import { expect, test } from 'vitest'
import { colours } from '../../src/report/colours.ts'
import { type Finding, planLines } from '../../src/report/plan.ts'
import { change, daemonDrift } from './events.ts'

const findings = (...all: readonly unknown[]): readonly Finding[] => all as readonly Finding[]
const shown = (lines: readonly string[]): string => `\n${lines.join('\n')}\n`

test('several hosts: equal findings are one, what belongs to the same hosts stands together', () => {
  const plan = findings(
    daemonDrift('planned', 'bee-1'),
    change('planned', ['bee-1', 'firewall', 'firewall rules'], { rules: ['none', 'ours'] }),
    daemonDrift('planned', 'bee-2'),
    daemonDrift('planned', 'bee-3'),
    change('planned', ['bee-2', 'base', 'package curl'], { installed: [null, 'yes'] }),
    change('planned', ['bee-3', 'base', 'package curl'], { installed: [null, 'yes'] }),
    { event: 'unknown', host: 'bee-3', step: 'networks', resource: 'network ingress', because: 'Docker is stopped' },
  )
  expect(shown(planLines(plan, { hosts: 4 }))).toMatchInlineSnapshot(`
    "
    3 hosts › docker › file /etc/docker/daemon.json  content
        on bee-1, bee-2, bee-3
        -  "log-opts": { "max-size": "100m" }
        +  "log-opts": { "max-size": "10m" }
        then Docker restarts: 8 containers on bee-1 stop for some seconds
        then Docker restarts: 8 containers on bee-2 stop for some seconds
        then Docker restarts: 8 containers on bee-3 stop for some seconds
    bee-1 › firewall › firewall rules                rules none → ours
    bee-2, bee-3 › base › package curl               missing → installed yes
    bee-3 › networks › network ingress               unknown: Docker is stopped
    "
  `)
})

test('what is on all hosts says so, without a list', () => {
  const plan = findings(daemonDrift('planned', 'a'), daemonDrift('planned', 'b'), daemonDrift('planned', 'c'))
  expect(planLines(plan, { hosts: 3 })[0]).toBe('all 3 hosts › docker › file /etc/docker/daemon.json  content')
})

test('different findings on two hosts are not folded', () => {
  const of = (host: string, from: string) =>
    change('planned', [host, 'base', 'file /etc/motd'], { mode: [from, '644'] })
  expect(planLines(findings(of('a', '600'), of('b', '640')), { hosts: 2 })).toEqual([
    'a › base › file /etc/motd  mode 600 → 644',
    'b › base › file /etc/motd  mode 640 → 644',
  ])
})

test('findings of hosts that were probed at the same time are told host by host, step by step', () => {
  const of = (host: string, id: string) => change('planned', [host, id, 'file x'], { mode: [host, id] })
  const lines = planLines(findings(of('a', 'base'), of('b', 'base'), of('a', 'docker'), of('b', 'docker')), {
    hosts: 2,
  })
  expect(lines.map((line) => line.split(' › file')[0])).toEqual(['a › base', 'a › docker', 'b › base', 'b › docker'])
})

test('what is lost for ever stands below it', () => {
  const removal = change(
    'planned',
    ['bee', 'users', 'user zoe'],
    { state: ['present', 'gone'] },
    { destroys: '/home/zoe, 3 GiB' },
  )
  expect(planLines(findings(removal))[1]).toBe('    lost for ever: /home/zoe, 3 GiB')
})

test('on a terminal what is lost for ever is red, and what only stops for a moment is not', () => {
  const both = change(
    'planned',
    ['bee', 'users', 'user zoe'],
    { state: ['present', 'gone'] },
    { destroys: '/home/zoe, 3 GiB', interrupts: 'zoe is logged out' },
  )
  const [, stops, lost] = planLines(findings(both), { paint: colours(true) })
  expect(stops).toMatch(/^ {4}\x1b\[33mthen zoe is logged out/)
  expect(lost).toMatch(/^ {4}\x1b\[1m\x1b\[31mlost for ever: \/home\/zoe/)
})

test('a long diff is cut and says how to see the rest', () => {
  const diff = Array.from({ length: 60 }, (_, index) => `+line ${index}`).join('\n')
  const plan = findings(change('planned', ['bee', 'base', 'file /etc/motd'], { content: ['', 'x'] }, { diff }))
  expect(planLines(plan)).toHaveLength(42)
  expect(planLines(plan).at(-1)).toBe('    … 20 more lines: --verbose shows them')
  expect(planLines(plan, { whole: true })).toHaveLength(61)
})

test('words that do not fit beside the name stand below it, whole', () => {
  const because = 'permission denied while trying to connect to the Docker daemon socket'
  const plan = findings({
    event: 'unknown',
    host: 'bee',
    step: 'networks',
    resource: `network ${'x'.repeat(40)}`,
    because,
  })
  expect(planLines(plan)).toEqual([`bee › networks › network ${'x'.repeat(40)}`, `    unknown: ${because}`])
})
