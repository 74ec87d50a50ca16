import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OWN_DAEMON_KEYS } from './daemon-keys.ts'
import { list, type Mark, record, shown } from './mark.ts'
import { didYouMean } from './nearest.ts'
import { repeated } from './repeated.ts'

/** The platform is a folder of src/platforms, or one of one's own beside the inventory. */
export function checkPlatform(value: unknown, file: string): readonly Mark[] {
  const { platform } = record(value)
  const all = platforms()
  if (typeof platform !== 'string' || all.includes(platform)) return []
  if (platform.startsWith('./')) {
    const wanted = join(dirname(file), platform, 'platform.yaml')
    return existsSync(wanted) ? [] : [{ path: ['platform'], message: `is ${shown(platform)}; there is no ${wanted}` }]
  }
  const message = `is ${shown(platform)}; a folder of src/platforms: ${all.join(', ')}${didYouMean(platform, all)}, or ./FOLDER beside this file`
  return [{ path: ['platform'], message }]
}

/** Additional keys of daemon.json are not those that groundwork sets, and say true and false as JSON does. */
export const checkDocker = (value: unknown): readonly Mark[] =>
  Object.entries(record(record(record(value).docker).daemon)).flatMap(([key, setting]): readonly Mark[] => {
    const path = ['docker', 'daemon', key]
    const why = OWN_DAEMON_KEYS[key]
    if (why !== undefined) return [{ path, key: true, message: `is set by groundwork (${why}); take it out` }]
    if (typeof setting === 'string' && /^(yes|no|on|off)$/i.test(setting))
      return [{ path, message: `is the text ${shown(setting)}; write true or false` }]
    return []
  })

/** A port is opened once, and not where SSH or the swarm itself answers. */
export function checkFirewall(value: unknown): readonly Mark[] {
  const root = record(value)
  const open = list(record(root.firewall).open).map(record)
  const { port: ssh = 22 } = record(root.ssh)
  const path = (index: number) => ['firewall', 'open', index, 'port']
  return [
    ...repeated(
      open.map(({ port, protocol = 'tcp' }) => `${port}/${protocol}`),
      path,
      (port) => `is opened a second time (${port}); put the ranges under one entry`,
    ),
    ...open.flatMap(({ port, protocol = 'tcp' }, index) => {
      if (port === ssh && protocol === 'tcp')
        return [{ path: path(index), message: `is ${port}, where SSH answers; it is open anyway` }]
      if (SWARM.includes(port as number))
        return [{ path: path(index), message: `is ${port}, of the swarm; between the hosts it is open anyway` }]
      return []
    }),
    ...(SWARM.includes(ssh as number) ? [{ path: ['ssh', 'port'], message: `is ${ssh}, which the swarm needs` }] : []),
  ]
}

/** Packages are named once, and Docker is not among them. */
export function checkSystem(value: unknown): readonly Mark[] {
  const packages = list(record(record(value).system).packages)
  const path = (index: number) => ['system', 'packages', index]
  return [
    ...repeated(packages, path, (name) => `is ${name} a second time; take it out`),
    ...packages.flatMap((name, index) =>
      DOCKER.includes(String(name))
        ? [{ path: path(index), message: `is ${name}; Docker is installed anyway, in the version of docker.version` }]
        : [],
    ),
  ]
}

// docs.docker.com, "Open protocols and ports".
const SWARM = [2377, 4789, 7946]
const DOCKER = ['docker.io', 'docker-cli', 'docker-ce', 'docker-ce-cli', 'containerd', 'containerd.io', 'runc']

/** The folders of src/platforms: beside the sources, or in the checkout of the built entry. */
export function platforms(): readonly string[] {
  const here = dirname(fileURLToPath(import.meta.url))
  const root = [join(here, '..', 'platforms'), join(here, '..', 'src', 'platforms')].find(existsSync)
  return root ? readdirSync(root).filter((name) => existsSync(join(root, name, 'platform.yaml'))) : []
}
