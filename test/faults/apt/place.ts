import { debianPackage, type PackageWish } from '../../lab/apt/debian-package.ts'
import type { Mirror, Mood, RepositoryFiles } from '../../lab/apt/mirror.ts'
import type { SigningKey } from '../../lab/apt/signing-key.ts'
import type { Came } from '../../lab/groundwork.ts'
import { type Sandbox, sandbox } from '../../lab/sandbox.ts'
import { repository } from './repository.ts'

/** What a mirror is to have, how it behaves, and what is done to its files before they are served. */
export interface Served {
  readonly mood?: Mood
  readonly key?: SigningKey
  readonly date?: Date
  readonly validUntil?: Date
  readonly spoil?: (files: RepositoryFiles) => void
  /** More options of the source's line, such as `check-valid-until=yes`. */
  readonly options?: string
}

/** A sandbox host on which it rains and shines, and which has no package source but the test's mirror. */
export interface Place {
  readonly sh: (text: string) => Promise<string>
  /** The mirror as the host reaches it. */
  readonly url: () => string
  /** Publishes these packages anew, and makes them the host's only source. */
  readonly publish: (packages: readonly PackageWish[], served?: Served) => Promise<void>
  /** What is published now also answers at this older address. */
  readonly redirect: (url: string) => void
  /** Runs groundwork with these packages in the inventory. */
  readonly run: (wanted: readonly string[], docker: string | undefined, ...words: string[]) => Promise<Came>
  /** Fine weather: nothing of the last case is left. */
  readonly clear: () => Promise<void>
  readonly down: () => Promise<void>
}

const KEY = '/etc/apt/keyrings/weather.asc'
const SOURCE = '/etc/apt/sources.list.d/weather.list'

/** Makes a host, brings it to the end of the step `base`, and takes its package sources away. */
export async function place(org: string, mirror: Mirror, key: SigningKey): Promise<Place> {
  const inventory = (wanted: readonly string[], docker: string | undefined) => `
organization: ${org}
contact: ops@example.org
platform: demo
operators: [{ name: ana, keys: [generated] }]
hosts: [{ name: rain, provider: sandbox, role: manager, labels: { role: storage }, release: trixie }]
system: { packages: [${wanted.join(', ')}] }
${docker ? `docker: { version: { trixie: "${docker}" } }` : ''}
`
  const box: Sandbox = sandbox(org, inventory([], undefined))
  await box.upTo('ready', 'ownership', 'base')
  const sh = (text: string) => box.sh('rain', text)
  const gateway = (await sh("ip route show default | awk '{ print $3 }'")).trim()
  const proxy = `Acquire::http::Proxy::${gateway} "DIRECT";`
  await sh(`mv /etc/apt/sources.list /root/sources.list
mkdir -p /etc/apt/keyrings; cat > ${KEY} <<'END'
${key.armored}END
echo '${proxy}' > /etc/apt/apt.conf.d/95mirror`)
  let folder = ''
  let again: (folder: string) => void = () => undefined
  let count = 0
  const url = () => `http://${gateway}:${mirror.port}/${folder}`
  return {
    sh,
    url,
    publish: async (packages, { mood, spoil, options = '', ...how } = {}) => {
      count += 1
      folder = `${org}-${count}`
      const files = repository(await Promise.all(packages.map(debianPackage)), { key, ...how })
      spoil?.(files)
      const now = (at: string) => mirror.serve(at, files, mood)
      now(folder)
      again = now
      await sh(`echo 'deb [signed-by=${KEY} ${options}] ${url()}/ ./' > ${SOURCE}`)
    },
    redirect: (old) => again(old.slice(old.lastIndexOf('/') + 1)),
    run: async (wanted, docker, ...words) => {
      box.write(inventory(wanted, docker))
      return box.run(...words)
    },
    clear: () => sh(fine(gateway)).then(() => undefined),
    down: box.down,
  }
}

const fine = (gateway: string): string => `
for pid in /run/weather/*.pid; do [ ! -e "$pid" ] || kill "$(cat "$pid")" 2>/dev/null || true; done
rm -rf /run/weather; mkdir -p /run/weather
umount -l /var /mnt/var /var/cache/apt/archives /opt 2>/dev/null
nft delete table inet weather 2>/dev/null
ip route replace default via ${gateway}
[ ! -e /root/90sandbox-operator ] || mv /root/90sandbox-operator /etc/apt/apt.conf.d/
rm -f /etc/apt/apt.conf.d/99weather /etc/apt/preferences.d/weather /etc/apt/sources.list.d/* /run/groundwork/apt-lists-are-fresh
rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
ours=$(dpkg-query -W -f '\${Package} \${Maintainer}\\n' | awk '/weather@example/ { print $1 }')
[ -z "$ours" ] || { apt-mark unhold $ours; rm -f /var/lib/dpkg/info/badpost.*; dpkg --purge --force-all $ours; } >/dev/null 2>&1
[ -z "$(dpkg --audit)" ]
`
