import type { PackageWish } from '../../lab/apt/debian-package.ts'
import { publishing, type Weather } from './weather.ts'

// Packages of the right names, without a Docker in them: what is tried is which version is chosen and kept.
const docker = (version: string): readonly PackageWish[] => [
  { name: 'docker.io', version },
  { name: 'docker-cli', version },
]
const has = (version: string) =>
  `dpkg-query -W -f '\${db:Status-Want} \${Version}\\n' docker.io docker-cli | sort -u | grep -qx 'hold ${version}' && [ "$(dpkg-query -W -f '\${Version}' docker.io docker-cli)" = ${version}${version} ]`
const only = ['users', 'ssh', 'firewall', 'docker']

/** Docker's version is the inventory's, whatever the sources and others want. */
export const weathersOfDocker: readonly Weather[] = [
  {
    name: 'the wanted version of Docker has vanished from the sources',
    quick: true,
    docker: '99.1*',
    only,
    make: publishing(docker('99.2.0')),
    outcome: 'fails',
    seconds: 90,
    says: [
      /The wanted version is in no package source\./,
      /'99\.1\*' for 'docker\.io' was not found/,
      /there are: docker\.io 99\.2\.0/,
      /docker\.version.*apt-cache policy docker\.io/,
    ],
    mend: (place) => place.publish([...docker('99.2.0'), ...docker('99.1.5')]),
    holds: has('99.1.5'),
  },
  {
    name: 'another version of Docker is installed, held and pinned',
    docker: '99.1*',
    only,
    make: publishing(
      [...docker('99.2.0'), ...docker('99.1.5')],
      `rm -f /etc/apt/preferences.d/groundwork-docker; apt-get update -qq; apt-get install -qq -y --allow-downgrades docker.io=99.2.0 docker-cli=99.2.0; apt-mark hold docker.io docker-cli
printf 'Package: docker.io\\nPin: version 99.2.0\\nPin-Priority: 1001\\n' > /etc/apt/preferences.d/weather`,
    ),
    outcome: 'works',
    seconds: 90,
    says: [/held packages docker\.io, docker-cli: .*99\.2\.0 held → 99\.1\* held/],
    holds: has('99.1.5'),
  },
  {
    name: 'unattended upgrades would take a newer Docker, even where somebody has undone the hold',
    wanted: ['sun'],
    docker: '99.1.5',
    only,
    make: publishing(
      [...docker('99.1.5'), ...docker('99.1.6'), { name: 'sun' }, { name: 'sun', version: '2.0' }],
      'apt-get update -qq; apt-get install -qq -y sun=1.0',
    ),
    outcome: 'works',
    seconds: 90,
    says: [/held packages docker\.io, docker-cli/],
    holds: `${has('99.1.5')} || exit 1
apt-mark unhold docker.io docker-cli >/dev/null; rm /etc/apt/preferences.d/groundwork-docker
echo 'Unattended-Upgrade::Origins-Pattern { "origin=Weather"; };' > /etc/apt/apt.conf.d/99weather
said=$(unattended-upgrade --dry-run --debug 2>&1)
for line in 'Packages that will be upgraded: sun' 'skipping blacklisted package docker-cli'; do
  echo "$said" | grep -qxF "$line" || { echo "$said"; exit 1; }
done`,
  },
  {
    name: 'a package source of Docker’s own is there',
    docker: '99.1*',
    only,
    make: publishing(
      docker('99.1.5'),
      "echo 'deb [arch=amd64] https://download.docker.com/linux/debian trixie stable' > /etc/apt/sources.list.d/docker.list; printf 'Types: deb\\nURIs: https://download.docker.com/linux/debian\\nSuites: trixie\\nComponents: stable\\n' > /etc/apt/sources.list.d/docker-again.sources",
    ),
    outcome: 'fails',
    seconds: 60,
    says: [
      /There is another Docker than the distribution’s\./,
      /docker\.list/,
      /docker-again\.sources/,
      /take Docker’s lines out of/,
    ],
    mend: (place) => place.sh('rm /etc/apt/sources.list.d/docker*'),
    holds: has('99.1.5'),
  },
]
