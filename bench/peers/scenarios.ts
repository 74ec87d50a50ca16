/** One situation in which the tools are compared. */
export interface Scenario {
  readonly id: string
  readonly title: string
  readonly resources: number
  readonly hosts: number
  readonly roundTripMs: number
  /** The host is as Debian made it, before each run; else everything is as wished already. */
  readonly first?: true
  /** How often each tool runs, by its name; who is not named does not. */
  readonly runs: Readonly<Record<string, number>>
}

const runs = (...counts: readonly [number, number, number, number, number, number]): Scenario['runs'] => ({
  groundwork: counts[0],
  'groundwork, npx tsx': counts[1],
  pyinfra: counts[2],
  'Ansible + Mitogen': counts[3],
  'Ansible, pipelined': counts[4],
  Ansible: counts[5],
})

/** In their order: the host of the later ones is as the earlier ones have left it. Slow tools run less often, for time's sake. */
export const scenarios = (quick: boolean): readonly Scenario[] => [
  {
    id: 'first-20',
    title: '20 resources, first run',
    resources: 20,
    hosts: 1,
    roundTripMs: 0,
    first: true,
    runs: quick ? runs(1, 0, 1, 0, 0, 0) : runs(3, 0, 3, 1, 1, 1),
  },
  {
    id: 'sync-20',
    title: '20 resources in sync',
    resources: 20,
    hosts: 1,
    roundTripMs: 0,
    runs: quick ? runs(3, 1, 2, 1, 1, 0) : runs(7, 5, 7, 3, 3, 2),
  },
  {
    id: 'sync-20-far',
    title: '20 resources in sync, 50 ms away',
    resources: 20,
    hosts: 1,
    roundTripMs: 50,
    runs: quick ? runs(3, 0, 1, 0, 0, 0) : runs(7, 0, 5, 2, 2, 1),
  },
  {
    id: 'sync-50-hosts',
    title: '20 resources on each of 50 hosts, in sync',
    resources: 20,
    hosts: 50,
    roundTripMs: 0,
    runs: quick ? runs(2, 0, 1, 0, 0, 0) : runs(5, 0, 2, 1, 0, 0),
  },
  {
    id: 'sync-200',
    title: '200 resources in sync',
    resources: 200,
    hosts: 1,
    roundTripMs: 0,
    runs: quick ? runs(3, 0, 1, 0, 0, 0) : runs(7, 0, 2, 1, 1, 0),
  },
  {
    id: 'sync-200-far',
    title: '200 resources in sync, 50 ms away',
    resources: 200,
    hosts: 1,
    roundTripMs: 50,
    runs: quick ? runs(1, 0, 0, 0, 0, 0) : runs(5, 0, 1, 0, 0, 0),
  },
]
