// How long the main job takes: a first run, and runs in sync by the built entry and by `npx tsx`. Needs root; takes its host away.
//   npx tsx bench/times.ts [trixie|bookworm]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const RUNS = 9
const release = process.argv[2] ?? 'trixie'
const state = mkdtempSync(join(tmpdir(), 'groundwork-bench-'))
const inventory = join(state, 'bench.yaml')
writeFileSync(
  inventory,
  `organization: bench
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: bench-1, provider: sandbox, role: manager, labels: { role: storage }, release: ${release} }]
`,
)

interface Timed {
  readonly seconds: number
  readonly last: string
}

function timed(command: string, words: readonly string[]): Timed {
  const started = performance.now()
  const { status, stdout } = spawnSync(command, [...words, '--inventory', inventory], {
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: state },
    maxBuffer: 1 << 26,
  })
  if (status !== 0) throw new Error(`exit ${status}:\n${stdout.slice(-2000)}`)
  return {
    seconds: (performance.now() - started) / 1000,
    last:
      stdout
        .trim()
        .split('\n')
        .find((line) => /resources/.test(line)) ?? '',
  }
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0
const show = (what: string, seconds: number, note = '') =>
  console.log(`${what.padEnd(34)} ${seconds.toFixed(2).padStart(7)} s   ${note}`)

try {
  const first = timed('node', ['bin/groundwork.mjs'])
  show(`first run, ${release}`, first.seconds, first.last.slice(21))
  const built: number[] = []
  const sources: number[] = []
  let last = ''
  for (let run = 0; run < RUNS; run++) {
    const one = timed('node', ['bin/groundwork.mjs'])
    built.push(one.seconds)
    last = one.last
    sources.push(timed('npx', ['tsx', 'bootstrap.ts']).seconds)
  }
  show('in sync, built entry (median)', median(built), last.slice(21))
  show('in sync, npx tsx (median)', median(sources), `${RUNS} interleaved runs each`)
} finally {
  spawnSync('node', ['bin/groundwork.mjs', 'sandbox', 'down', '--all'], {
    env: { ...process.env, XDG_STATE_HOME: state },
  })
  rmSync(state, { recursive: true, force: true })
}
