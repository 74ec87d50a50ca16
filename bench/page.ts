import { writeFileSync } from 'node:fs'
import { kept, type Machine, median, type PeerFigures, type PeerResult, type TimeFigures } from './figures.ts'
import { picture } from './picture.ts'
import { type Wanted, wantedOfPeers, wantedOfTimes } from './wanted.ts'

/** Writes docs/benchmarks.md and its picture from what was kept. */
export function writePage(): void {
  const peers = kept<PeerFigures>('peers')
  const times = kept<TimeFigures>('times')
  if (peers) writeFileSync('docs/benchmarks/peers.svg', picture(peers))
  writeFileSync(
    'docs/benchmarks.md',
    `${[
      INTRODUCTION,
      wantedTable([...(peers ? wantedOfPeers(peers) : []), ...(times ? wantedOfTimes(times) : [])]),
      ...(peers ? peerSections(peers) : []),
      ...(times ? [timeSection(times)] : []),
    ].join('\n\n')}\n`,
  )
}

const INTRODUCTION = `# Benchmarks

Everything on this page is written by one command, which needs root, Python and about 20 minutes, and takes all it made away again:

    npm run bench

\`npx tsx bench/peers.ts --quick\` and \`npx tsx bench/times.ts\` are its parts. Each figure is the median of runs in turns: one run of every tool, then the next of every tool.`

const wantedTable = (rows: readonly Wanted[]): string =>
  table(
    ['', 'wanted', 'measured', ''],
    rows.map(({ what, wanted, measured, kept }) => [what, wanted, measured, kept ? 'kept' : '**missed**']),
  )

function peerSections(figures: PeerFigures): readonly string[] {
  const scenarios = [...new Set(figures.results.map(({ title }) => title))]
  return [
    `## Against its peers

![The medians as bars](benchmarks/peers.svg)

${machineWords(figures)} The host is ${figures.host}, on the same machine; where it is far away, a proxy lets every byte wait. Sessions are counted in the log of its sshd, round trips by the proxy (how often the tool spoke after it had heard something), memory over the tool and all that it starts.`,
    ...scenarios.map((title) => `### ${title}\n\n${resultTable(figures.results.filter((one) => one.title === title))}`),
    FAIRNESS,
    ...figures.tools
      .filter(({ settings }) => settings.length)
      .map(
        ({ name, version, settings }) => `**${name}** ${version}\n\n${settings.map((line) => `- ${line}`).join('\n')}`,
      ),
  ]
}

const resultTable = (results: readonly PeerResult[]): string => {
  const ours = median(results.find(({ tool }) => tool === 'groundwork')?.seconds ?? [])
  const far = results.some(({ roundTrips }) => roundTrips !== undefined)
  return table(
    [
      'tool',
      'median',
      'of runs',
      'from – to',
      'to groundwork',
      'connections',
      'sessions',
      ...(far ? ['round trips'] : []),
      'memory',
    ],
    results.map((one) => [
      one.tool,
      `${median(one.seconds).toFixed(2)} s`,
      String(one.seconds.length),
      `${Math.min(...one.seconds).toFixed(2)} – ${Math.max(...one.seconds).toFixed(2)}`,
      `${(median(one.seconds) / ours).toFixed(1)} ×`,
      String(one.connections),
      String(one.sessions),
      ...(far ? [String(one.roundTrips)] : []),
      `${Math.round(one.peakMiB)} MiB`,
    ]),
  )
}

const FAIRNESS = `### What is compared, and why that is fair

Every tool brings the same host to the same wish ([\`bench/peers/wish.ts\`](../bench/peers/wish.ts)), each in its own idiom: files with content, mode and owner, a list of packages, users, units that are enabled and run, the time zone. A run in sync counts only if the tool itself says that nothing had to be changed.

groundwork is the whole command (inventory, connection, lock file, journal, report), bundled as the product is, with [a list of its own](../bench/peers/list.ts) in the place of \`src/steps/index.ts\`: no platform has 200 resources of these kinds. It also reads and checks the demo platform, as every run does.

All of them log in as root with one key and a known host key. Python is there for Ansible, which would else install it. What a tool leaves running for its next run (Ansible's SSH masters) is ended in between. Runs that take long are made less often. Where groundwork and pyinfra run more than once, they make one uncounted run before: it writes what they keep.`

const timeSection = (figures: TimeFigures): string =>
  `## The main job

${machineWords(figures)} The demo platform on one sandbox host with Debian ${figures.release}; \`${figures.inSyncWords}\`.

${table(
  ['', 'seconds', 'of them downloading', 'downloaded'],
  [
    ...[figures.firstRun, figures.secondSandbox]
      .filter((run) => run !== undefined)
      .map((run) => [
        `first run, ${run.cached}`,
        run.seconds.toFixed(1),
        run.downloadSeconds.toFixed(1),
        `${run.downloadedMib.toFixed(0)} MiB`,
      ]),
    [`in sync, built entry (median of ${figures.inSyncBuilt.length})`, median(figures.inSyncBuilt).toFixed(2), '', ''],
    [`in sync, \`npx tsx\` (median of ${figures.inSyncNpx.length})`, median(figures.inSyncNpx).toFixed(2), '', ''],
  ],
)}`

const machineWords = ({ date, processor, cores, memoryGib, node, quick }: Machine): string =>
  `Measured on ${date}: ${processor}, ${cores} cores, ${memoryGib} GiB, Node ${node}.${quick ? ' **A quick measurement, with few runs.**' : ''}`

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
