import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What Go is to build. */
interface Built {
  /** Of the folder, with all that it depends on: `tailscale-1.98.4-0b4f`. */
  readonly name: string
  /** What is said before it begins, since it takes its time. */
  readonly what: string
  /** What is said where it does not go. */
  readonly needs: string
  /** Arguments of go, that leave programs in this folder. */
  readonly words: (folder: string) => readonly string[]
  readonly cwd?: string
}

/** A folder with programs: built once, then kept in the cache of the tests. */
export function builtWithGo({ name, what, needs, words, cwd }: Built): string {
  const folder = join(homedir(), '.cache', 'groundwork', 'lab', name)
  if (existsSync(folder)) return folder
  console.log(`building ${what}, with Go: some minutes, once`)
  const started = performance.now()
  const half = `${folder}.${process.pid}`
  mkdirSync(half, { recursive: true })
  const env = { ...process.env, CGO_ENABLED: '0', GOMAXPROCS: '1', GOFLAGS: '-buildvcs=false', GOBIN: half }
  const { status, stderr, error } = spawnSync('nice', ['-n', '19', 'go', ...words(half)], {
    cwd,
    env,
    encoding: 'utf8',
  })
  if (status !== 0) {
    rmSync(half, { recursive: true, force: true })
    throw new Error(`The test needs ${needs}:\n${error?.message ?? stderr}`)
  }
  renameSync(half, folder)
  console.log(`built in ${Math.round((performance.now() - started) / 1000)} s: ${folder}`)
  return folder
}
