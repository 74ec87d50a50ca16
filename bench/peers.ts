// groundwork beside Ansible, pipelined Ansible, Ansible with Mitogen, and pyinfra: the same wish on the same host, in turns. Needs root.
//   npx tsx bench/peers.ts [--quick]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../bundle.mjs'
import { keep, type PeerResult, thisMachine } from './figures.ts'
import { writePage } from './page.ts'
import { ansibles } from './peers/ansible.ts'
import { compare, type Result } from './peers/compare.ts'
import { BUILT, groundwork, groundworkByNpx } from './peers/groundwork.ts'
import { benchHost } from './peers/host.ts'
import { pyinfra } from './peers/pyinfra.ts'
import { peersInPython, VERSIONS } from './peers/python.ts'
import { scenarios } from './peers/scenarios.ts'
import type { Tool } from './peers/tool.ts'

const SSHD = 50

const quick = process.argv.includes('--quick')
const started = performance.now()
const say = (line: string) =>
  console.log(`${String(Math.round((performance.now() - started) / 1000)).padStart(5)} s  ${line}`)
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    say('stops, and takes away what it made')
    stop.abort()
  })

say(
  quick
    ? 'a quick comparison, about 4 minutes'
    : 'the whole comparison, about 20 minutes; --quick is shorter and says less',
)
const python = peersInPython(say)
await bundle({ bench: 'bench/peers/entry.ts', prepare: 'src/stacks/prepare.ts' }, BUILT)
await import(`../${BUILT}/prepare.mjs`)
const tools: readonly Tool[] = [
  groundwork,
  groundworkByNpx,
  pyinfra(python, VERSIONS.pyinfra),
  ...ansibles(python, VERSIONS['ansible-core'], VERSIONS.mitogen),
]
const directory = mkdtempSync(join(tmpdir(), 'groundwork-bench-'))
say(`makes a sandbox host with ${SSHD} sshd`)
const host = await benchHost(SSHD)
try {
  const results: Result[] = []
  for (const scenario of scenarios(quick)) {
    stop.signal.throwIfAborted()
    results.push(...(await compare(scenario, tools, { host, directory, say, signal: stop.signal })))
  }
  keep('peers', {
    ...thisMachine(quick),
    host: host.system,
    tools: tools.map(({ name, version, settings }) => ({ name, version, settings })),
    results: results.map(kept),
  })
  writePage()
  say('docs/benchmarks.md is written')
} catch (error) {
  if (!stop.signal.aborted) throw error
  process.exitCode = 130
} finally {
  await host.down()
  rmSync(BUILT, { recursive: true, force: true })
  rmSync(directory, { recursive: true, force: true })
}

function kept({ scenario, tool, seconds, peakMiB, connections, sessions, roundTrips }: Result): PeerResult {
  return {
    scenario: scenario.id,
    title: scenario.title,
    tool: tool.name,
    seconds: seconds.map((one) => Math.round(one * 1000) / 1000),
    peakMiB: Math.round(peakMiB),
    connections,
    sessions,
    ...(roundTrips === undefined ? {} : { roundTrips }),
  }
}
