import { type Resource, step } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import type { Org } from '../inventory/org.ts'
import { file } from '../resources/file.ts'
import { groupMember } from '../resources/group-member.ts'
import { heldPackages, pinned } from '../resources/held-packages.ts'
import { noOtherDocker } from '../resources/no-other-docker.ts'
import { noStaleVxlan } from '../resources/no-stale-vxlan.ts'
import { packages } from '../resources/packages.ts'
import { systemdUnit } from '../resources/systemd-unit.ts'
import { template } from '../resources/template.ts'
import { bridgePool } from './address-pools.ts'

/** The distribution's Docker, in the version of the inventory. Debian 13 has its command line in a package of its own. */
export const docker = step({
  id: 'docker',
  title: 'Docker is installed',
  resources: ({ host, org }) => {
    const names = ['docker.io', ...(host.codename === 'trixie' ? ['docker-cli'] : [])]
    const version = org.docker.version[host.codename]
    return [
      noOtherDocker(),
      ...(version
        ? [
            file('/etc/apt/preferences.d/groundwork-docker', { content: pinned(names, version) }),
            heldPackages(names, version),
          ]
        : [packages(...names)]),
      daemonSettings(org),
    ]
  },
})

/** Docker restarts on one host after the other, the managers last: the others take over what the first lays down. */
export const dockerRuns = step({
  id: 'docker-runs',
  title: 'Docker is running with its settings',
  oneHostAtATime: true,
  resources: ({ host, org }) => [
    systemdUnit('docker', {
      restartAfter: [daemonSettings(org)],
      interrupts: `Docker on ${host.name} restarts: its containers stop for some seconds`,
    }),
    noStaleVxlan(),
    ...(host.user === 'root' ? [] : [groupMember('docker', host.user)]),
  ],
})

// 20.10 cannot validate: there it is started with a place for its pid that cannot be, which it only finds after reading its settings.
const validated = sh`sh -c 'if dockerd --help | grep -q -e --validate; then exec dockerd --validate --config-file "$1"; fi
      said=$(timeout 20 dockerd --config-file "$1" --pidfile /proc/none/docker.pid 2>&1)
      case $said in *"unable to configure"*) printf "%s\n" "$said" >&2; exit 1 ;; esac' validate`

/** The whole of daemon.json: ours, and over it what the inventory says. */
const daemonSettings = (org: Org): Resource => {
  const ours = JSON.parse(template('etc/docker/daemon.json', { pool: bridgePool(org.hosts) }))
  const content = `${JSON.stringify({ ...ours, ...org.docker.daemon }, null, 2)}\n`
  return file('/etc/docker/daemon.json', { content, check: validated })
}
