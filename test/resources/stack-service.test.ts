import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { running, sh } from '../../src/engine/sh.ts'
import { serviceBecause } from '../../src/resources/service-because.ts'
import { deployStack, stackService } from '../../src/resources/stack-service.ts'
import { lookAtServices } from '../../src/resources/swarm-look.ts'
import { changesOf } from './answers.ts'

const well = { state: 'running', count: 1, healthcheck: true } as const
const service = (over: object = {}) =>
  stackService({ name: 'data_redis', blockHash: 'h1', well: { ...well, ...over }, gateSeconds: 60, deploy: sh`deploy` })

const template = { ContainerSpec: { Image: 'redis:1', Env: ['A=1'] }, Networks: [{ Target: 'n1' }], ForceUpdate: 0 }
const spec = {
  Name: 'data_redis',
  Labels: { 'groundwork.block': 'h1', 'groundwork.org': 'lab' },
  TaskTemplate: { ...template, RestartPolicy: { Condition: 'any' }, Runtime: 'container' },
  Mode: { Replicated: { Replicas: 1 } },
}
const now = 1_000_000
const ago = (seconds: number) => new Date((now - seconds) * 1000).toISOString()
const task = {
  ServiceID: 's1',
  Slot: 1,
  DesiredState: 'running',
  CreatedAt: ago(60),
  Status: { Timestamp: ago(60), State: 'running' },
  Spec: template,
}

interface Answer {
  readonly live?: object
  readonly kept?: object | string
  readonly tasks?: readonly object[]
  readonly update?: object
}

const answer = ({ live = spec, kept = spec, tasks = [task], update }: Answer) =>
  [
    `now ${now}`,
    'network n1 backend',
    `service ${JSON.stringify({ ID: 's1', Spec: live, Update: update ?? null })}`,
    ...tasks.map((one) => `task ${JSON.stringify(one)}`),
    `kept ${typeof kept === 'string' ? kept : JSON.stringify(kept)}`,
  ].join('\n')

const from = (told: Answer, over: object = {}) => {
  const changes = changesOf(service(over), answer(told))
  return changes === 'in sync'
    ? {}
    : Object.fromEntries(Object.entries(changes).map(([key, change]) => [key, change?.from]))
}

const container = (over: object) => ({
  ...spec,
  TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: { Image: 'redis:1', Env: ['A=1'], ...over } },
})
const withTemplate = (over: object) => ({ ...spec, TaskTemplate: { ...spec.TaskTemplate, ...over } })

describe('a service', () => {
  test('in sync', () => expect(from({})).toEqual({}))
  test('not there', () => expect(changesOf(service(), `now ${now}`)).toMatchObject({ block: { from: undefined } }))
  test('no swarm', () => expect(changesOf(service(), undefined)).toMatchObject({ block: { from: undefined } }))
  test('of another block: that is the change, and no drift', () => {
    const other = { ...spec, Labels: { 'groundwork.block': 'h0' } }
    expect(from({ live: other })).toEqual({ block: 'h0' })
  })
})

describe('drift', () => {
  test.each([
    ['replicas 0 → 1', { ...spec, Mode: { Replicated: { Replicas: 0 } } }],
    ['environment A 2 → 1', container({ Env: ['A=2'] })],
    ['environment B  → none', container({ Env: ['A=1', 'B='] })],
    ['image other:1 → redis:1', container({ Image: 'other:1' })],
    ['memory limit 64 MiB → none', withTemplate({ Resources: { Limits: { MemoryBytes: 67108864 } } })],
    ['label groundwork.org none → lab', { ...spec, Labels: { 'groundwork.block': 'h1' } }],
    ['networks [{"Target":"n2"}] → [{"Target":"backend"}]', withTemplate({ Networks: [{ Target: 'n2' }] })],
    ['none', withTemplate({ ForceUpdate: 3 })],
  ])('%s', (words, live) => {
    const { TaskTemplate } = live
    const { RestartPolicy: _, Runtime: __, ...same } = TaskTemplate as Record<string, unknown>
    expect(from({ live, tasks: [{ ...task, Spec: same }] }).drift ?? 'none').toBe(words)
  })

  test.each([
    ['nothing', '{}'],
    ['what was cut', '{"Name":'],
    ['another block', JSON.stringify({ ...spec, Labels: { 'groundwork.block': 'h0' } })],
  ])('kept is %s', (_, kept) => expect(from({ kept }).drift).toContain('nothing was kept'))
})

describe('state', () => {
  const failed = { ...task, DesiredState: 'shutdown', Status: { Timestamp: ago(40), State: 'failed' }, Spec: null }
  const complete = { ...task, DesiredState: 'shutdown', Status: { Timestamp: ago(40), State: 'complete' } }
  const since = (seconds: number) => ({ ...task, Status: { Timestamp: ago(seconds), State: 'running' } })
  const unchecked = { healthcheck: false }

  test.each([
    ['starting', [{ ...task, Status: { Timestamp: ago(1), State: 'starting' } }], {}, 'running 0/1'],
    ['no task', [], {}, 'running 0/1'],
    ['one too many', [task, { ...task, Slot: 2 }], {}, 'running 2/1'],
    [
      'a task of the old specification',
      [{ ...task, Spec: { ...template, ContainerSpec: { Image: 'redis:0' } } }],
      {},
      'running 0/1',
    ],
    ['a task that goes', [{ ...task, DesiredState: 'shutdown' }], {}, 'running 0/1'],
    ['unchecked, too young', [since(9)], unchecked, 'running 0/1'],
    ['unchecked, steady', [since(10)], unchecked, undefined],
    ['unchecked, after a failure', [since(29), failed], unchecked, 'running 0/1'],
    ['unchecked, steady after a failure', [since(30), failed], unchecked, undefined],
    ['checked: the check has said it', [since(1), failed], {}, undefined],
    ['a one-shot that is done', [complete], { state: 'complete' }, undefined],
    ['a one-shot that runs', [task], { state: 'complete' }, 'complete 0/1'],
    ['ended where it should stay', [complete], {}, 'running 0/1'],
    ['none wanted, none there', [], { count: 0 }, undefined],
    ['none wanted, one there', [task], { count: 0 }, 'running 1/0'],
    ['what the task leaves empty', [{ ...task, Spec: { ...template, Resources: { Limits: {} } } }], {}, undefined],
  ])('%s', (_, tasks, over, state) => expect(from({ tasks }, over).state).toBe(state))

  test.each([
    ['updating', 'running 1/1, still updating'],
    ['completed', undefined],
    ['rollback_completed', undefined],
  ])('update is %s', (State, state) => expect(from({ update: { State } }).state).toBe(state))
})

describe('sh takes', () => {
  test.each([
    ['the look', lookAtServices],
    ['the reason', serviceBecause("it's", well)],
    ['the deploy', deployStack({ name: 'data', file: '/a b.yaml', services: [{ name: 'data_a', image: 'x:1' }] })],
  ])('%s', (_, text) => expect(() => execFileSync('/bin/sh', ['-n'], { input: running(text) })).not.toThrow())
})
