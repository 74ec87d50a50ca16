import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { knownHosts, writeFiles } from './material.ts'
import type { Command, Tool, Way } from './tool.ts'
import type { Wish } from './wish.ts'

/** Ansible by itself, with SSH pipelining, and with Mitogen in the place of its connections. @param python directory of the virtual environment */
export function ansibles(python: string, version: string, mitogen: string): readonly Tool[] {
  const strategies = join(sitePackages(python), 'ansible_mitogen', 'plugins', 'strategy')
  return [
    ansible(python, 'Ansible', version, {}, [
      'gathering = explicit: no task needs facts (they would cost one more task)',
      'forks = 50: all hosts at once',
      'ControlMaster, ControlPersist = 60s, the default: one connection for all tasks. It is ended after each run, as a later one finds it',
      'interpreter_python = /usr/bin/python3: nothing to discover',
      'files and users as loops: one task each, which is faster than a task for each item',
    ]),
    ansible(python, 'Ansible, pipelined', version, { ssh_connection: 'pipelining = True\n' }, [
      'as Ansible, and pipelining = True: no copying of modules',
    ]),
    ansible(
      python,
      'Ansible + Mitogen',
      mitogen,
      {
        defaults: `strategy_plugins = ${strategies}\nstrategy = mitogen_linear\n`,
        ssh_connection: 'pipelining = True\n',
      },
      ['as Ansible, and strategy = mitogen_linear'],
    ),
  ]
}

function ansible(
  python: string,
  name: string,
  version: string,
  more: { readonly defaults?: string; readonly ssh_connection?: string },
  settings: readonly string[],
): Tool {
  return {
    name,
    version,
    settings,
    prepare: (directory, wish, way) => {
      mkdirSync(directory, { recursive: true })
      writeFiles(directory, wish)
      writeFileSync(join(directory, 'hosts.yaml'), stringify(inventory(way)))
      writeFileSync(join(directory, 'site.yaml'), stringify(playbook(wish)))
      writeFileSync(
        join(directory, 'ansible.cfg'),
        `[defaults]
inventory = hosts.yaml
gathering = explicit
forks = 50
interpreter_python = /usr/bin/python3
nocows = True
local_tmp = ${join(directory, 'tmp')}
${more.defaults ?? ''}
[ssh_connection]
ssh_args = -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=${knownHosts(directory, way)} -o IdentitiesOnly=yes -o PreferredAuthentications=publickey
control_path_dir = ${join(directory, 'cp')}
${more.ssh_connection ?? ''}`,
      )
      return {
        argv: [join(python, 'bin', 'ansible-playbook'), 'site.yaml'],
        cwd: directory,
        env: { ANSIBLE_CONFIG: join(directory, 'ansible.cfg'), ANSIBLE_HOME: join(directory, 'home') },
        inSync: (output) =>
          (output.match(/ changed=0 .*unreachable=0 .*failed=0 /g) ?? []).length === way.addresses.length,
      }
    },
    settle: endMasters,
  }
}

const inventory = ({ addresses, port, identity }: Way) => ({
  all: {
    hosts: Object.fromEntries(addresses.map((address, index) => [`host-${index + 1}`, { ansible_host: address }])),
    vars: { ansible_port: port, ansible_user: 'root', ansible_ssh_private_key_file: identity },
  },
})

const playbook = ({ files, packages, users, units, timeZone }: Wish) => [
  {
    hosts: 'all',
    tasks: [
      {
        name: 'packages',
        'ansible.builtin.apt': {
          name: packages,
          state: 'present',
          install_recommends: false,
          update_cache: true,
          cache_valid_time: 3600,
        },
      },
      {
        name: 'users',
        'ansible.builtin.user': { name: '{{ item }}', shell: '/bin/bash' },
        loop: users,
      },
      {
        name: 'their directory',
        'ansible.builtin.file': { path: '/etc/bench', state: 'directory', mode: '0755' },
      },
      {
        name: 'files',
        'ansible.builtin.copy': {
          src: '{{ item.name }}',
          dest: '{{ item.path }}',
          mode: '0{{ item.mode }}',
          owner: 'root',
          group: 'root',
        },
        loop: files.map(({ name, path, mode }) => ({ name, path, mode })),
        loop_control: { label: '{{ item.path }}' },
      },
      {
        name: 'units',
        'ansible.builtin.systemd_service': { name: '{{ item }}', enabled: true, state: 'started' },
        loop: units,
      },
      {
        name: 'time zone',
        'ansible.builtin.file': { src: `/usr/share/zoneinfo/${timeZone}`, dest: '/etc/localtime', state: 'link' },
      },
    ],
  },
]

function sitePackages(python: string): string {
  const [version = ''] = readdirSync(join(python, 'lib')).filter((name) => name.startsWith('python3'))
  return join(python, 'lib', version, 'site-packages')
}

// A master that outlived its run would give the next one a connection for nothing.
function endMasters({ cwd }: Command): void {
  const directory = join(cwd, 'cp')
  let sockets: readonly string[] = []
  try {
    sockets = readdirSync(directory)
  } catch {}
  for (const socket of sockets)
    spawnSync('ssh', ['-o', `ControlPath=${join(directory, socket)}`, '-O', 'exit', 'any'], { stdio: 'ignore' })
}
