import { resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import { dpkg, packageIn } from './packages.ts'
import { refuse } from './refuse.ts'

const PACKAGES = ['docker-ce', 'docker-ce-cli', 'docker-engine', 'containerd.io', 'podman-docker', 'moby-engine']
const PATHS = ['/snap/bin/docker', '/usr/local/bin/docker', '/usr/local/bin/dockerd', '/opt/bin/docker']

/** No Docker from elsewhere: two engines on a host take each other's networks. Removing one is for a person to do: it may run something. */
export const noOtherDocker = () =>
  resource({
    name: 'no other Docker',
    desired: { packages: 'none', programs: 'none' },
    actual: {
      packages: {
        ask: dpkg,
        read: (answer) =>
          PACKAGES.filter((name) => packageIn(answer, name)?.status === 'installed').join(' ') || 'none',
      },
      programs: sh`found=; for path in ${PATHS}; do if [ -e "$path" ]; then found="$found $path"; fi; done; found=\${found# }; echo "\${found:-none}"`,
    },
    fix: ({ packages, programs }) => {
      const found = [packages?.from, programs?.from].filter((one) => one !== undefined).join(' ')
      return refuse(`Docker from elsewhere is installed: ${found}`, remedy(packages?.from, programs?.from))
    },
  })

function remedy(packages: string | undefined, programs: string | undefined): string {
  const lines = [
    ...(packages ? [`apt-get purge ${packages}`] : []),
    ...(programs?.includes('/snap/') ? ['snap remove docker'] : []),
    ...(programs?.replace('/snap/bin/docker', '').trim()
      ? [`rm ${programs.replace('/snap/bin/docker', '').trim()}`]
      : []),
  ]
  return `see that nothing needs it (docker ps), then:  ${lines.join('; ')}`
}
