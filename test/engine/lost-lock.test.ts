import { describe, expect, test } from 'vitest'
import { converge } from '../../src/engine/converge.ts'
import { Fault } from '../../src/engine/fault.ts'
import { resource, step } from '../../src/engine/resource.ts'
import type { Run } from '../../src/engine/run.ts'
import type { Host, Org } from '../../src/inventory/org.ts'

const host = (name: string) => ({ name, role: name === 'bee' ? 'manager' : 'worker' }) as Host

// Resources that live here, as those with an API do: no host is needed to see when a run stops, and what it locks.
describe('a lock', () => {
  const runOf = (more: Partial<Run>, made: string[]): Run => ({
    id: 'test',
    org: { name: 'law', hosts: [host('ant'), host('bee')] } as unknown as Org,
    hosts: [host('ant')],
    steps: ['one', 'two'].map((id) =>
      step({
        id,
        title: id,
        hosts: ({ hosts }) => hosts.slice(0, 1),
        resources: () => [
          resource({
            name: id,
            desired: { made: 'yes' },
            actual: { made: async () => (made.includes(id) ? 'yes' : undefined) },
            fix: () => async () => {
              made.push(id)
              lost.abort(new Fault('Ana broke the lock on ant.', { exit: 75 }))
            },
          }),
        ],
      }),
    ),
    remotes: () => undefined,
    report: () => undefined,
    signal: new AbortController().signal,
    plan: false,
    only: undefined,
    guarded: async (_run, _step, _guard, _host, change) => change(),
    confirm: async () => undefined,
    lock: async () => ({ at: () => undefined, release: async () => undefined, lost: lost.signal }),
    reconnect: async () => {
      throw new Error('nobody connects here')
    },
    ...more,
  })
  let lost = new AbortController()

  test('that is lost stops the run before its next fix, with the reason', async () => {
    lost = new AbortController()
    const made: string[] = []
    await expect(converge(runOf({}, made))).rejects.toMatchObject({ message: 'Ana broke the lock on ant.', exit: 75 })
    expect(made).toEqual(['one'])
  })

  test('that is lost during a wait gives the reason, and not that a wait was given up', async () => {
    lost = new AbortController()
    const made: string[] = []
    const [first] = runOf({}, made).steps
    if (!first) throw new Error('there are steps')
    const waiting = {
      ...first,
      resources: (at: Parameters<typeof first.resources>[0]) =>
        first.resources(at).map((one) => ({
          ...one,
          settle: { seconds: 5, because: { parts: ['true'] } },
          fix: () => async () => {
            setTimeout(() => lost.abort(new Fault('Ana broke the lock on ant.', { exit: 75 })), 50)
          },
        })),
    }
    await expect(converge(runOf({ steps: [waiting] }, made))).rejects.toMatchObject({ exit: 75 })
  })

  test('is taken on the hosts that a resource asks of as well, in the order of the inventory', async () => {
    lost = new AbortController()
    const locked: string[][] = []
    const asking = step({
      id: 'member',
      title: 'Every host is a member',
      hosts: ({ hosts }) => hosts.slice(1),
      resources: () => [
        resource({
          name: 'member',
          desired: { state: 'ready' },
          actual: { state: { on: host('ant'), sh: { parts: ['docker node ls'] } } },
          fix: () => async () => undefined,
        }),
      ],
    })
    const run = runOf(
      {
        steps: [asking],
        hosts: [host('bee')],
        lock: async (hosts) => {
          locked.push(hosts.map(({ name }) => name))
          throw new Fault('held', { exit: 75 })
        },
      },
      [],
    )
    await expect(converge(run)).rejects.toMatchObject({ exit: 75 })
    expect(locked).toEqual([['ant', 'bee']])
  })
})
