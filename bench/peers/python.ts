import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** The versions that are compared, exactly. */
export const VERSIONS = { 'ansible-core': '2.19.14', mitogen: '0.3.54', pyinfra: '3.10.0' } as const

/** A virtual environment with the peers in it, made once and kept. @returns its directory */
export function peersInPython(say: (line: string) => void): string {
  const name = `peers-${Object.values(VERSIONS).join('-')}`
  const directory = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'groundwork', 'lab', name)
  const ready = join(directory, 'bin', 'pyinfra')
  if (existsSync(ready)) return directory
  say(`makes a virtual environment with the peers in ${directory} (about 20 s, once)`)
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(dirname(directory), { recursive: true })
  const packages = Object.entries(VERSIONS).map(([name, version]) => `${name}==${version}`)
  run('python3', ['-m', 'venv', directory], 'python3 with venv is needed:  apt-get install python3-venv')
  run(join(directory, 'bin', 'pip'), ['install', '--quiet', ...packages], 'PyPI is needed once')
  return directory
}

function run(program: string, words: readonly string[], needed: string): void {
  const { status, stderr, error } = spawnSync(program, words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${needed}\n${error?.message ?? ''}${stderr ?? ''}`)
}
