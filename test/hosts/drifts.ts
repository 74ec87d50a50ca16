/** One way in which a host drifts: how it is broken, and which lines the plan must show for it. */
export interface Drift {
  readonly name: string
  /** Shell text, run as root on the host. */
  readonly broken: string
  /** What `--plan --json` must name: `step › resource`, each a beginning. */
  readonly named: readonly string[]
  /** The run asks before it takes this away. */
  readonly yes?: true
  /** The run stops something for a moment: services and what answers from outside may need a repair that the plan could not name. */
  readonly interrupts?: true
}

const gone = (name: string) =>
  `docker service rm ${name} >/dev/null; for i in $(seq 40); do [ -z "$(docker ps -q --filter label=com.docker.swarm.service.name=${name})" ] && break; sleep 0.5; done; sleep 1`

/** Broken one after the other on a prepared host. What a shared kernel cannot have (swap, vm.*, the clock) is not among them. */
export const drifts: readonly Drift[] = [
  // files
  {
    name: 'file edited',
    broken: 'echo "// mine" >> /etc/apt/apt.conf.d/90groundwork',
    named: ['base › file /etc/apt/apt.conf.d/90groundwork'],
  },
  {
    name: 'file emptied',
    broken: ': > /etc/apt/apt.conf.d/20auto-upgrades',
    named: ['base › file /etc/apt/apt.conf.d/20auto-upgrades'],
  },
  {
    name: 'file mode',
    broken: 'chmod 600 /etc/apt/apt.conf.d/90groundwork',
    named: ['base › file /etc/apt/apt.conf.d/90groundwork'],
  },
  {
    name: 'file owner',
    broken: 'chown nobody:nogroup /etc/apt/apt.conf.d/52groundwork-upgrades',
    named: ['base › file /etc/apt/apt.conf.d/52groundwork-upgrades'],
  },
  {
    name: 'file missing',
    broken: 'rm /etc/apt/apt.conf.d/52groundwork-upgrades',
    named: ['base › file /etc/apt/apt.conf.d/52groundwork-upgrades'],
  },
  // packages
  {
    name: 'package removed',
    broken: 'DEBIAN_FRONTEND=noninteractive apt-get purge -y -qq tree >/dev/null',
    named: ['base › package'],
  },
  { name: 'held version released', broken: 'apt-mark unhold docker.io >/dev/null', named: ['docker › held packages'] },
  {
    name: 'version pin removed',
    broken: 'rm /etc/apt/preferences.d/groundwork-docker',
    named: ['docker › file /etc/apt/preferences.d/groundwork-docker'],
  },
  // the system
  {
    name: 'time zone',
    broken: 'ln -sfn /usr/share/zoneinfo/Europe/Vienna /etc/localtime',
    named: ['base › time zone'],
  },
  { name: 'host name', broken: 'hostname other; echo other > /etc/hostname', named: ['base › hostname'] },
  {
    name: 'hosts file',
    broken: "sed -i '/groundwork\\|one/d' /etc/hosts",
    named: ['base › hostname'],
  },
  { name: 'kernel setting', broken: 'sysctl -qw net.core.somaxconn=128', named: ['base › kernel settings'] },
  {
    name: 'kernel settings file',
    broken: 'rm /etc/sysctl.d/99-groundwork.conf',
    named: ['base › file /etc/sysctl.d/99-groundwork.conf'],
  },
  {
    name: 'journal limit',
    broken: "sed -i 's/500M/5G/' /etc/systemd/journald.conf.d/groundwork.conf",
    named: ['base › file /etc/systemd/journald.conf.d/groundwork.conf'],
  },
  { name: 'unit stopped', broken: 'systemctl stop apt-daily.timer', named: ['base › unit apt-daily.timer'] },
  {
    name: 'unit disabled',
    broken: 'systemctl disable -q apt-daily-upgrade.timer',
    named: ['base › unit apt-daily-upgrade.timer'],
  },
  { name: 'unit masked', broken: 'systemctl mask -q --now apt-daily.timer', named: ['base › unit apt-daily.timer'] },
  // people
  { name: 'user removed', broken: 'userdel ana', named: ['users › user ana'] },
  { name: 'login shell', broken: 'usermod -s /usr/sbin/nologin ana', named: ['users › user ana'] },
  { name: 'key removed', broken: ': > /home/ana/.ssh/authorized_keys', named: ['users › keys of ana'] },
  { name: 'key file writable', broken: 'chmod 666 /home/ana/.ssh/authorized_keys', named: ['users › keys of ana'] },
  { name: 'sudo rule removed', broken: 'rm /etc/sudoers.d/groundwork', named: ['users › '] },
  { name: 'sudo rule edited', broken: "sed -i 's/NOPASSWD://' /etc/sudoers.d/groundwork", named: ['users › '] },
  // SSH
  {
    name: 'sshd setting',
    broken:
      "sed -i 's/^PasswordAuthentication no/PasswordAuthentication yes/' /etc/ssh/sshd_config.d/00-groundwork.conf; systemctl reload ssh",
    named: ['ssh › file /etc/ssh/sshd_config.d/00-groundwork.conf'],
  },
  {
    name: 'sshd file removed',
    broken: 'rm /etc/ssh/sshd_config.d/00-groundwork.conf; systemctl reload ssh',
    named: ['ssh › file /etc/ssh/sshd_config.d/00-groundwork.conf'],
  },
  // firewall
  {
    name: 'firewall rules flushed',
    broken: 'nft flush table inet groundwork',
    named: ['firewall › ruleset groundwork'],
  },
  {
    name: 'firewall table deleted',
    broken: 'nft delete table inet groundwork',
    named: ['firewall › ruleset groundwork'],
  },
  {
    name: 'rule that opens a port',
    broken: 'nft insert rule inet groundwork input tcp dport 9999 accept',
    named: ['firewall › ruleset groundwork'],
  },
  {
    name: 'firewall file edited',
    broken: 'echo "# mine" >> /etc/nftables.d/groundwork.nft',
    named: ['firewall › file /etc/nftables.d/groundwork.nft'],
  },
  {
    name: 'firewall unit disabled',
    broken: 'systemctl disable -q groundwork-firewall',
    named: ['firewall › unit groundwork-firewall'],
  },
  // Docker
  {
    name: 'daemon.json edited',
    broken: `sed -i 's/"max-size": "[0-9]*m"/"max-size": "100m"/' /etc/docker/daemon.json`,
    named: ['docker › file /etc/docker/daemon.json'],
    interrupts: true,
  },
  {
    name: 'daemon.json invalid',
    broken: 'echo "{" > /etc/docker/daemon.json',
    named: ['docker › file /etc/docker/daemon.json'],
    interrupts: true,
  },
  {
    name: 'Docker stopped',
    broken: 'systemctl stop -q docker.socket docker',
    named: ['docker-runs › unit docker'],
    interrupts: true,
  },
  { name: 'Docker disabled', broken: 'systemctl disable -q docker', named: ['docker-runs › unit docker'] },
  // Swarm and its objects
  {
    name: 'node label removed',
    broken: 'docker node update --label-rm zone "$(docker node ls -q)" >/dev/null',
    named: ['swarm › labels of node'],
  },
  {
    name: 'node label changed',
    broken: 'docker node update --label-add zone=mars "$(docker node ls -q)" >/dev/null',
    named: ['swarm › labels of node'],
  },
  {
    name: 'network deleted',
    broken: `${gone('apps_web')}; ${gone('infrastructure_socket-proxy')}; docker network rm socket >/dev/null`,
    named: [
      'networks › network socket',
      'infrastructure › service infrastructure_socket-proxy',
      'apps › service apps_web',
    ],
  },
  {
    name: 'network option',
    broken: `${gone('apps_web')}; ${gone('infrastructure_socket-proxy')}; docker network rm socket >/dev/null; sleep 1; docker network create -d overlay --label groundwork.org=$(cat /var/lib/groundwork/organization) socket >/dev/null`,
    named: ['networks › network socket'],
  },
  {
    name: 'network of ours too many',
    broken:
      'docker network create -d overlay --label groundwork.org=$(cat /var/lib/groundwork/organization) extra >/dev/null',
    named: ['leftovers › '],
    yes: true,
  },
  {
    name: 'volume directory owner',
    broken: 'chown root:root /srv/demo/redis',
    named: ['volumes › directory /srv/demo/redis'],
  },
  {
    name: 'volume directory mode',
    broken: 'chmod 777 /srv/demo/postgres',
    named: ['volumes › directory /srv/demo/postgres'],
  },
  {
    name: 'secret removed',
    broken: `${gone('data_redis')}; ${gone('apps_api')}; ${gone('apps_worker')}; docker secret rm "$(docker secret ls --format '{{.Name}}' | grep ^redis-password)" >/dev/null`,
    named: ['data › secret redis-password', 'data › service data_redis'],
    interrupts: true,
  },
  {
    name: 'config removed',
    broken: `${gone('infrastructure_socket-proxy')}; docker config rm "$(docker config ls --format '{{.Name}}' | grep ^socket-proxy)" >/dev/null`,
    named: ['infrastructure › config socket-proxy'],
  },
  {
    name: 'image replaced',
    broken: `docker tag "$(docker image ls --format '{{.Repository}}:{{.Tag}}' groundwork/base | head -n 1)" "$(docker image ls --format '{{.Repository}}:{{.Tag}}' groundwork/redis | head -n 1)"`,
    named: ['images › image groundwork/redis'],
  },
  {
    name: 'service scaled to nothing',
    broken: 'docker service scale -d data_redis=0 >/dev/null',
    named: ['data › service data_redis'],
    interrupts: true,
  },
  {
    name: 'service scaled up',
    broken: 'docker service scale -d apps_worker=2 >/dev/null',
    named: ['apps › service apps_worker'],
  },
  { name: 'service removed', broken: gone('apps_worker'), named: ['apps › service apps_worker'], interrupts: true },
  {
    name: 'extra service of ours',
    broken: `docker service create -d --name apps_extra --label groundwork.org=$(cat /var/lib/groundwork/organization) --label com.docker.stack.namespace=apps "$(docker image ls --format '{{.Repository}}:{{.Tag}}' groundwork/base | head -n 1)" sleep 1d >/dev/null`,
    named: ['former-services › '],
    yes: true,
  },
  {
    name: 'environment changed',
    broken: 'docker service update -d --env-add MINE=1 apps_worker >/dev/null',
    named: ['apps › service apps_worker'],
  },
  {
    name: 'limit removed',
    broken: 'docker service update -d --limit-memory 0 apps_worker >/dev/null',
    named: ['apps › service apps_worker'],
  },
  {
    name: 'health check removed',
    broken: 'docker service update -d --no-healthcheck apps_worker >/dev/null',
    named: ['apps › service apps_worker'],
  },
  {
    name: 'service label removed',
    broken: 'docker service update -d --label-rm groundwork.block apps_worker >/dev/null',
    named: ['apps › service apps_worker'],
  },
  {
    name: 'stack file edited',
    broken: 'echo "# mine" >> /etc/groundwork/stacks/apps.yaml',
    named: ['apps › file /etc/groundwork/stacks/apps.yaml'],
  },
  {
    name: 'stack config file removed',
    broken: 'rm /etc/groundwork/stacks/config/ingress.cfg',
    named: ['infrastructure › file /etc/groundwork/stacks/config/ingress.cfg'],
  },
  // what groundwork remembers on the host
  {
    name: 'organization’s mark',
    broken: 'rm /var/lib/groundwork/organization',
    named: ['ownership › file /var/lib/groundwork/organization'],
  },
  {
    name: 'organization’s key',
    broken: 'rm /var/lib/groundwork/key',
    named: ['ownership › file /var/lib/groundwork/key'],
  },
]
