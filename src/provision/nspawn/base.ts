import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Report } from '../../engine/event.ts'
import { cacheDirectory } from '../../engine/places.ts'
import { hostSettings, operatorMirrors, operatorSettings, sourcesFor } from './apt.ts'
import { exists } from './files.ts'
import { onSandbox } from './lock.ts'
import { run } from './run.ts'

// A Debian as a provider hands it over: it boots, answers SSH, and has nothing of what groundwork installs.
const packages = 'systemd,systemd-sysv,dbus,openssh-server,iproute2,ca-certificates,sudo,netbase,procps,curl'
const variant = 'minbase'
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

// No two hosts share an identity: keys and machine id are made for each. What mmdebstrap was told of this machine's apt stays out.
const finish = `
rm -f "$1"/etc/ssh/ssh_host_* "$1"/var/lib/dbus/machine-id "$1"/etc/apt/apt.conf.d/99mmdebstrap
: > "$1"/etc/machine-id
printf '127.0.0.1 localhost\\n::1 localhost ip6-localhost ip6-loopback\\n' > "$1"/etc/hosts`

// Runs under the base's lock and keeps it if groundwork is killed: the next run waits for a whole base instead of meeting half a one.
const build = `
set -e
base=$1; shift
rm -rf --one-file-system "$base.part"
mmdebstrap "$@" "$base.part" - 2>&1
mv "$base.part" "$base"`

/** The directory of a bare Debian of this release, made once and kept. `cache` is the package cache's address. */
export async function baseOf(release: string, cache: string | undefined, report: Report): Promise<string> {
  const sources = sourcesFor(release, await operatorMirrors())
  const path = join(cacheDirectory(), 'base', `${release}-${hash(release, packages, variant, finish, sources)}`)
  if (await exists(path)) return path
  return onSandbox(`${path}.lock`, async (lock) => {
    if (await exists(path)) return path
    report({ event: 'note', text: `Making a bare Debian ${release} once, in ${path} (about half a minute).` })
    const options = hostSettings(await operatorSettings(), cache).map((line) => `--aptopt=${line.replace(/;$/, '')}`)
    const words = [`--variant=${variant}`, `--include=${packages}`, `--keyring=${keyring}`, ...options]
    await run('sh', ['-c', build, 'sh', path, ...words, `--customize-hook=${finish}`, release], {
      input: sources,
      holding: lock,
    })
    return path
  })
}

const hash = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12)
