import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtWithGo } from '../built-with-go.ts'

/** Of Tailscale's module. */
export const VERSION = '1.98.4'
/** The control server's, whose module names Tailscale's. */
export const SOURCES = 'test/lab/tailscale/control'
const PACKAGES = ['.', 'tailscale.com/cmd/tailscaled', 'tailscale.com/cmd/tailscale']

/** A folder with `tailscale`, `tailscaled` and the control server `control`: built once for their sources, then kept. */
export function programs(): string {
  const hash = createHash('sha256')
  for (const file of readdirSync(SOURCES).sort()) hash.update(readFileSync(join(SOURCES, file)))
  return builtWithGo({
    name: `tailscale-${VERSION}-${hash.digest('hex').slice(0, 8)}`,
    what: `tailscaled, tailscale and a control server (${VERSION})`,
    needs: 'Go 1.26 and the module tailscale.com',
    words: (folder) => ['build', '-trimpath', '-ldflags', '-s -w', '-o', `${folder}/`, ...PACKAGES],
    cwd: SOURCES,
  })
}
