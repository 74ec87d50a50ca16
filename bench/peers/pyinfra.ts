import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { knownHosts, writeFiles } from './material.ts'
import type { Tool, Way } from './tool.ts'
import type { Wish } from './wish.ts'

/** pyinfra. @param python directory of the virtual environment */
export const pyinfra = (python: string, version: string): Tool => ({
  name: 'pyinfra',
  version,
  cheap: true,
  settings: [
    '--yes: each operation is asked for and made in one go, without a planning pass before',
    '--parallel is left alone: all hosts at once is its default',
    '--no-wait: no host waits for the others between operations',
    'ssh_key, ssh_look_for_keys and ssh_allow_agent: the one right key is offered first',
    'SHELL and TEMP_DIR as they come',
  ],
  prepare: (directory, wish, way) => {
    mkdirSync(directory, { recursive: true })
    writeFiles(directory, wish)
    writeFileSync(join(directory, 'inventory.py'), inventory(way, knownHosts(directory, way)))
    writeFileSync(join(directory, 'deploy.py'), deploy(wish))
    return {
      argv: [join(python, 'bin', 'pyinfra'), '--yes', '--no-wait', 'inventory.py', 'deploy.py'],
      cwd: directory,
      env: {},
      inSync: (output) => /Grand total +\d+ +- +- +\d+/.test(output),
    }
  },
})

const inventory = ({ addresses, port, identity }: Way, known: string): string =>
  `hosts = [
${addresses.map((address) => `    "${address}",\n`).join('')}]
hosts = (hosts, {
    "ssh_user": "root",
    "ssh_port": ${port},
    "ssh_key": "${identity}",
    "ssh_known_hosts_file": "${known}",
    "ssh_look_for_keys": False,
    "ssh_allow_agent": False,
})
`

const deploy = ({
  files,
  packages,
  users,
  units,
  timeZone,
}: Wish): string => `from pyinfra.operations import apt, files, server, systemd

apt.packages(packages=${JSON.stringify(packages)}, no_recommends=True, update=True, cache_time=3600)

for user in ${JSON.stringify(users)}:
    server.user(user=user, shell="/bin/bash", create_home=True)

for name, path, mode in ${JSON.stringify(files.map(({ name, path, mode }) => [name, path, mode]))}:
    files.put(src=f"files/{name}", dest=path, mode=mode, user="root", group="root")

for unit in ${JSON.stringify(units)}:
    systemd.service(service=unit, running=True, enabled=True)

files.link(path="/etc/localtime", target="/usr/share/zoneinfo/${timeZone}", force=True, force_backup=False)
`
