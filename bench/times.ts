// How long the main job takes: a first run with nothing cached, one of a second sandbox, and runs in sync. Needs root; takes its hosts away.
//   npx tsx bench/times.ts [trixie|bookworm] [--warm]      --warm: only with what is cached on this machine
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FirstRun, keep, median, thisMachine } from './figures.ts'
import { writePage } from './page.ts'

const RUNS = 9
const warm = process.argv.includes('--warm')
const release = process.argv.slice(2).find((word) => !word.startsWith('--')) ?? 'trixie'
const place = mkdtempSync(join(tmpdir(), 'groundwork-bench-'))
const inventory = join(place, 'bench.yaml')
const built = [process.execPath, 'bin/groundwork.mjs']
const caches = warm ? {} : { XDG_CACHE_HOME: join(place, 'cache') }

interface Ran {
  readonly seconds: number
  readonly out: string
}

function ran([program = '', ...words]: readonly string[]): Ran {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: join(place, 'state'), ...caches },
    maxBuffer: 1 << 26,
  })
  if (status !== 0) throw new Error(`exit ${status}:\n${stdout.slice(-2000)}${stderr.slice(-2000)}`)
  return { seconds: (performance.now() - started) / 1000, out: stdout.trim() }
}

/** A first run on a host that does not exist yet. */
function firstRun(host: string, cached: string): FirstRun {
  writeFileSync(inventory, inventoryOf(host))
  const { seconds, out } = ran([...built, '--inventory', inventory, '--json'])
  const summary = JSON.parse(out.split('\n').at(-1) ?? '')
  const run = {
    seconds,
    cached,
    downloadedMib: summary.downloadedBytes / 2 ** 20,
    downloadSeconds: summary.downloadSeconds,
  }
  show(`first run, ${cached}`, seconds, `${run.downloadedMib.toFixed(0)} MiB in ${run.downloadSeconds} s of it`)
  return run
}

const inventoryOf = (host: string) => `organization: bench
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: ${host}, provider: sandbox, role: manager, labels: { role: storage }, release: ${release} }]
`

const down = () => ran([...built, 'sandbox', 'down', '--all'])
const show = (what: string, seconds: number, note = '') =>
  console.log(`${what.padEnd(44)} ${seconds.toFixed(2).padStart(7)} s   ${note}`)

try {
  console.log(`the main job on Debian ${release}, about ${warm ? 2 : 5} minutes`)
  const first = warm ? undefined : firstRun('bench-1', 'nothing cached')
  if (first) down()
  const secondSandbox = firstRun('bench-2', 'base and packages cached')
  const inSync: Ran[] = []
  const inSyncNpx: Ran[] = []
  for (let run = 0; run < RUNS; run++) {
    inSync.push(ran([...built, '--inventory', inventory]))
    inSyncNpx.push(ran(['npx', 'tsx', 'bootstrap.ts', '--inventory', inventory]))
  }
  const inSyncWords = inSync.at(-1)?.out.split('\n').at(-1)?.replace(/^\S+ /, '') ?? ''
  const seconds = (runs: readonly Ran[]) => runs.map((run) => Math.round(run.seconds * 1000) / 1000)
  show('in sync, built entry (median)', median(seconds(inSync)), inSyncWords)
  show('in sync, npx tsx (median)', median(seconds(inSyncNpx)), `${RUNS} interleaved runs each`)
  keep('times', {
    ...thisMachine(false),
    release,
    firstRun: first,
    secondSandbox,
    inSyncBuilt: seconds(inSync),
    inSyncNpx: seconds(inSyncNpx),
    inSyncWords,
  })
  writePage()
} finally {
  down()
  rmSync(place, { recursive: true, force: true })
}
