import { median, type PeerFigures, type PeerResult, type TimeFigures } from './figures.ts'

/** A figure that groundwork wants to keep, and what was measured. */
export interface Wanted {
  readonly what: string
  readonly wanted: string
  readonly measured: string
  readonly kept: boolean
}

/** The figures against the peers, of what was measured. */
export function wantedOfPeers({ results }: PeerFigures): readonly Wanted[] {
  const find = (scenario: string, tool = 'groundwork') =>
    results.find((one) => one.scenario === scenario && one.tool === tool)
  const near = find('sync-20')
  const far = find('sync-20-far')
  const large = find('sync-200')
  const fleet = find('sync-50-hosts')
  return [
    ratio('20 resources in sync', 7, near, find('sync-20', 'pyinfra')),
    ratio('20 resources in sync', 30, near, find('sync-20', 'Ansible, pipelined')),
    ratio('the same, 50 ms away', 10, far, find('sync-20-far', 'pyinfra')),
    ratio('20 resources on each of 50 hosts, in sync', 10, fleet, find('sync-50-hosts', 'pyinfra')),
    ...of(near, ({ connections, sessions }) => ({
      what: 'SSH of a host in sync',
      wanted: '1 connection, at most 3 sessions',
      measured: `${connections} connection, ${sessions} sessions`,
      kept: connections === 1 && sessions <= 3,
    })),
    ...of(far, ({ roundTrips = 0 }) => ({
      what: 'round trips of a host in sync, in all',
      wanted: 'at most 16',
      measured: `${roundTrips} (the most of any run)`,
      kept: roundTrips <= 16,
    })),
    ...of(large, (large) => ({
      what: '200 resources, against 20',
      wanted: 'at most twice the time',
      measured: near ? `${times(against(large, near))} (${seconds(large)} and ${seconds(near)})` : 'not measured',
      kept: near !== undefined && against(large, near) <= 2,
    })),
    ...of(fleet, ({ peakMiB }) => ({
      what: 'memory for 50 hosts',
      wanted: 'under 400 MB',
      measured: `${Math.round(peakMiB * 1.048576)} MB`,
      kept: peakMiB * 1.048576 < 400,
    })),
  ].flat()
}

/** The figures of the main job, of what was measured. */
export const wantedOfTimes = ({ firstRun, secondSandbox, inSyncBuilt, inSyncNpx }: TimeFigures): readonly Wanted[] => [
  ...(firstRun ? [atMost('demo platform, first run, nothing cached', 240, firstRun.seconds)] : []),
  atMost('demo platform, first run of a second sandbox', 120, secondSandbox.seconds),
  atMost('demo platform in sync, built entry', 1, median(inSyncBuilt)),
  atMost('demo platform in sync, `npx tsx`', 2, median(inSyncNpx)),
]

function ratio(what: string, least: number, ours?: PeerResult, theirs?: PeerResult): readonly Wanted[] {
  if (!ours || !theirs) return []
  const found = against(theirs, ours)
  return [
    {
      what: `${what}: ${theirs.tool}`,
      wanted: `${least} times as fast`,
      measured: `${times(found)} (${seconds(ours)} and ${seconds(theirs)})`,
      kept: found >= least,
    },
  ]
}

const of = <One>(one: One | undefined, row: (one: One) => Wanted): readonly Wanted[] => (one ? [row(one)] : [])

const atMost = (what: string, limit: number, found: number): Wanted => ({
  what,
  wanted: `at most ${limit} s`,
  measured: `${found.toFixed(2)} s`,
  kept: found <= limit,
})

const against = (one: PeerResult, other: PeerResult): number => median(one.seconds) / median(other.seconds)
const times = (factor: number): string => `${factor.toFixed(1)} times`
const seconds = ({ seconds }: PeerResult): string => `${median(seconds).toFixed(2)} s`
