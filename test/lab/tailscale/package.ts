import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DebianPackage, debianArchitecture, debianPackage } from '../apt/debian-package.ts'
import { SOURCES, VERSION } from './programs.ts'

const UNITS = ['tailscaled.service', 'tailscale-online.target', 'tailscale-wait-online.service']

/** Tailscale's own package of these programs: its units, settings and scripts are taken from its module, as its makers put them. */
export async function tailscalePackage(folder: string, version = VERSION): Promise<DebianPackage> {
  const go = (...words: string[]) => execFileSync('go', words, { cwd: SOURCES, encoding: 'utf8' }).trim()
  const text = (path: string) => readFileSync(join(module, path), 'utf8')
  const module = go('list', '-m', '-f', '{{.Dir}}', 'tailscale.com')
  const scripts = ['postinst', 'prerm', 'postrm'].map((name) => [name, text(`release/deb/debian.${name}.sh`)] as const)
  return debianPackage({
    name: 'tailscale',
    version,
    architecture: debianArchitecture(),
    depends: 'iptables',
    programs: {
      'usr/bin/tailscale': join(folder, 'tailscale'),
      'usr/sbin/tailscaled': join(folder, 'tailscaled'),
    },
    files: {
      'etc/default/tailscaled': text('cmd/tailscaled/tailscaled.defaults'),
      ...Object.fromEntries(UNITS.map((unit) => [`usr/lib/systemd/system/${unit}`, text(`cmd/tailscaled/${unit}`)])),
    },
    conffiles: ['/etc/default/tailscaled'],
    scripts: Object.fromEntries(scripts),
  })
}
