import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Of Tailscale's module. */
export const VERSION = '1.98.4'
/** The control server's, whose module names Tailscale's. */
export const SOURCES = 'test/lab/tailscale/control'

/** A folder with `tailscale`, `tailscaled` and the control server `control`: built once for their sources, then kept. */
export function programs(): string {
  const hash = createHash('sha256')
  for (const file of readdirSync(SOURCES).sort()) hash.update(readFileSync(join(SOURCES, file)))
  const name = `tailscale-${VERSION}-${hash.digest('hex').slice(0, 8)}`
  const folder = join(homedir(), '.cache', 'groundwork', 'lab', name)
  if (existsSync(folder)) return folder
  console.log(`building tailscaled, tailscale and a control server (${VERSION}, with Go): some minutes, once`)
  const started = performance.now()
  const half = `${folder}.${process.pid}`
  mkdirSync(half, { recursive: true })
  const words = ['build', '-trimpath', '-ldflags', '-s -w', '-o', `${half}/`]
  const packages = ['.', 'tailscale.com/cmd/tailscaled', 'tailscale.com/cmd/tailscale']
  const env = { ...process.env, CGO_ENABLED: '0', GOMAXPROCS: '1', GOFLAGS: '-buildvcs=false' }
  const { status, stderr, error } = spawnSync('nice', ['-n', '19', 'go', ...words, ...packages], {
    cwd: SOURCES,
    env,
    encoding: 'utf8',
  })
  if (status !== 0) {
    rmSync(half, { recursive: true, force: true })
    throw new Error(`The test needs Go 1.26 and the module tailscale.com:\n${error?.message ?? stderr}`)
  }
  renameSync(half, folder)
  console.log(`built in ${Math.round((performance.now() - started) / 1000)} s: ${folder}`)
  return folder
}
