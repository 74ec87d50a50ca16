import type { HostWish } from '../inventory/org.ts'
import { Fault } from './fault.ts'

/** What probes and fixes take for granted, and the Debian package that has it. */
const packageOf: Readonly<Record<string, string>> = {
  'apt-get': 'apt',
  awk: 'mawk',
  base64: 'coreutils',
  dpkg: 'dpkg',
  'dpkg-query': 'dpkg',
  find: 'findutils',
  flock: 'util-linux',
  getent: 'libc-bin',
  grep: 'grep',
  gzip: 'gzip',
  install: 'coreutils',
  ip: 'iproute2',
  readlink: 'coreutils',
  sed: 'sed',
  sha256sum: 'coreutils',
  stat: 'coreutils',
  systemctl: 'systemd',
  timeout: 'coreutils',
  tr: 'coreutils',
  useradd: 'passwd',
}

/** Prints those that are missing, in one line; starts no program. */
export const missingTools = `missing=
for tool in ${Object.keys(packageOf).join(' ')}; do command -v $tool >/dev/null || missing="$missing $tool"; done
echo $missing`

/** @throws Fault that names all of them at once */
export function mustHaveTools(host: HostWish, missing: string): void {
  const tools = missing.split(' ').filter((tool) => tool in packageOf)
  if (!tools.length) return
  const packages = [...new Set(tools.map((tool) => packageOf[tool] ?? tool))]
  throw new Fault(`${host.name} lacks what groundwork needs there: ${tools.join(', ')}.`, {
    at: host.name,
    because: 'they are part of every ordinary Debian and Ubuntu; nothing was touched',
    try: tools.includes('apt-get')
      ? 'install an ordinary Debian or Ubuntu on it, or take the host out of the inventory'
      : `as root on the host:  apt-get install -y ${packages.join(' ')}`,
  })
}
