import { median, type PeerFigures, type PeerResult } from './figures.ts'

const WIDTH = 760
const NAMES = 160
const BARS = 470
const BAR = 16
const ROW = 24

/** The medians as bars, one group for each situation, each with a scale of its own. Readable on a light page and on a dark one. */
export function picture({ results }: PeerFigures): string {
  const scenarios = [...new Set(results.map(({ scenario }) => scenario))]
  let y = 8
  const groups = scenarios.map((scenario) => {
    const group = results.filter((one) => one.scenario === scenario)
    const drawn = groupOf(group, y)
    y += 30 + group.length * ROW + 18
    return drawn
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="Medians of the benchmark's runs, in seconds">
<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 14px }
.number { font-variant-numeric: tabular-nums }
.bar { fill: #8c959f }
.ours { fill: #1a7f37 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #6e7681 } .ours { fill: #3fb950 } }
</style>
${groups.join('\n')}
</svg>
`
}

function groupOf(group: readonly PeerResult[], top: number): string {
  const longest = Math.max(...group.map(({ seconds }) => median(seconds)))
  const ours = median(group.find(({ tool }) => tool === 'groundwork')?.seconds ?? [])
  const rows = [...group]
    .sort((one, other) => median(one.seconds) - median(other.seconds))
    .map((one, index) => {
      const y = top + 30 + index * ROW
      const time = median(one.seconds)
      const length = Math.max(2, (time / longest) * BARS)
      const factor = one.tool.startsWith('groundwork') ? '' : `  ·  ${(time / ours).toFixed(1)}×`
      return [
        `<text x="${NAMES - 8}" y="${y + 13}" text-anchor="end">${one.tool}</text>`,
        `<rect class="bar${one.tool.startsWith('groundwork') ? ' ours' : ''}" x="${NAMES}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" rx="2"/>`,
        `<text class="number" x="${(NAMES + length + 8).toFixed(1)}" y="${y + 13}" xml:space="preserve">${time.toFixed(time < 10 ? 2 : 1)} s${factor}</text>`,
      ].join('\n')
    })
  return `<text class="title" x="8" y="${top + 16}">${group[0]?.title ?? ''}</text>\n${rows.join('\n')}`
}
