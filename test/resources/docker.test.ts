import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { running, type Sh, sh } from '../../src/engine/sh.ts'
import { dockerProbe, orNothing, swarmProbe } from '../../src/resources/docker.ts'

const PID_FILE = join(mkdtempSync(join(tmpdir(), 'groundwork-')), 'docker.pid')
writeFileSync(PID_FILE, String(process.pid))
afterAll(() => rmSync(dirname(PID_FILE), { recursive: true }))
const PROCESS = readFileSync('/proc/self/comm', 'utf8').trim()

/** Asks a machine on which there are only these commands. */
function ask(probe: Sh, commands: Readonly<Record<string, string>>): readonly [number | null, string] {
  // Where dockerd is looked for: this test's own process stands for it, or nobody does.
  const text = running(probe)
    .replaceAll('/run/docker.pid', commands.dockerd ? PID_FILE : '/nowhere')
    .replace('= dockerd ]', `= ${PROCESS} ]`)
  const functions = Object.entries(commands).map(([name, body]) => `${name}() { ${body}; }`)
  const { status, stdout } = spawnSync('/bin/sh', {
    input: `PATH=/nowhere\n${functions.join('\n')}\n( ${text}\n)`,
    encoding: 'utf8',
  })
  return [status, stdout.trim()]
}

const up = { dockerd: ':' }
const docker = (info: string, ls: string) => ({ ...up, docker: `case $1 in info) echo '${info}' ;; *) ${ls} ;; esac` })
const question = sh`docker ls`

test.each([
  ['no Docker', dockerProbe(question), {}, [44, '']],
  ['Docker stopped', dockerProbe(question), { docker: 'echo x' }, [1, '']],
  ['Docker runs', dockerProbe(question), docker('', 'echo x'), [0, 'x']],
  ['no swarm', swarmProbe(question), docker('inactive false', 'return 1'), [44, '']],
  ['a worker', swarmProbe(question), docker('active false', 'return 1'), [44, '']],
  ['locked', swarmProbe(question), docker('locked false', 'return 1'), [1, '']],
  ['no quorum', swarmProbe(question), docker('active true', 'return 1'), [1, '']],
  ['a manager', swarmProbe(question), docker('active true', 'echo x'), [0, 'x']],
  ['nothing, without Docker', orNothing(dockerProbe(question)), {}, [0, '']],
  ['nothing, but Docker stopped', orNothing(dockerProbe(question)), { docker: 'echo x' }, [1, '']],
  ['nothing, without a swarm', orNothing(swarmProbe(question)), docker('inactive false', 'return 1'), [0, '']],
])('%s', (_, probe, commands, told) => expect(ask(probe, commands)).toEqual(told))
