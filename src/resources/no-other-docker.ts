import { resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import { dpkg, packageIn } from './packages.ts'
import { refuse } from './refuse.ts'

const PACKAGES = ['docker-ce', 'docker-ce-cli', 'docker-engine', 'containerd.io', 'podman-docker', 'moby-engine']
const PATHS = ['/snap/bin/docker', '/usr/local/bin/docker', '/usr/local/bin/dockerd', '/opt/bin/docker']

// Docker's own repository, and those of its makers' other names; a source may be of either of apt's two forms.
const SOURCES = 'download\\.docker\\.com|apt\\.dockerproject\\.org|get\\.docker\\.com'

/**
 * No Docker from elsewhere, nor a package source that would bring one: two engines on a host take each other's networks.
 * Removing one is for a person to do: it may run something.
 */
export const noOtherDocker = () =>
  resource({
    name: 'no other Docker',
    desired: { packages: 'none', programs: 'none', sources: 'none' },
    actual: {
      packages: {
        ask: dpkg,
        read: (answer) =>
          PACKAGES.filter((name) => packageIn(answer, name)?.status === 'installed').join(' ') || 'none',
      },
      programs: sh`found=; for path in ${PATHS}; do if [ -e "$path" ]; then found="$found $path"; fi; done; found=\${found# }; echo "\${found:-none}"`,
      sources: sh`found=$(grep -rlsE ${`^[^#]*(${SOURCES})`} /etc/apt/sources.list /etc/apt/sources.list.d | tr '\n' ' '); found=\${found% }; echo "\${found:-none}"`,
    },
    fix: ({ packages, programs, sources }) => {
      const installed = [packages?.from, programs?.from].filter((one) => one !== undefined).join(' ')
      const because = [
        ...(installed ? [`Docker from elsewhere is installed: ${installed}`] : []),
        ...(sources?.from ? [`apt would take Docker from elsewhere: ${sources.from}`] : []),
      ].join('; ')
      return refuse(because, remedy(packages?.from, programs?.from, sources?.from))
    },
    explain: (said) => {
      const [because = '', remedy = ''] = said.trim().split('\n').slice(-2)
      return { what: 'There is another Docker than the distribution’s.', because, try: remedy }
    },
  })

function remedy(packages: string | undefined, programs: string | undefined, sources: string | undefined): string {
  const lines = [
    ...(packages ? [`apt-get purge ${packages}`] : []),
    ...(programs?.includes('/snap/') ? ['snap remove docker'] : []),
    ...(programs?.replace('/snap/bin/docker', '').trim()
      ? [`rm ${programs.replace('/snap/bin/docker', '').trim()}`]
      : []),
    ...(sources ? [`take Docker’s lines out of ${sources}`, 'apt-get update'] : []),
  ]
  return `see that nothing needs it (docker ps), then:  ${lines.join('; ')}`
}
