import { spawn } from 'node:child_process'
import { chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from '../../engine/event.ts'
import { Fault } from '../../engine/fault.ts'
import { cacheDirectory } from '../../engine/places.ts'
import { operatorSettings } from './apt.ts'
import { absent, exists } from './files.ts'
import { aptLists, aptWords } from './prerequisites.ts'
import { markOf, type ProcessMark, runs } from './process.ts'
import { packagesAt, packagesUser } from './ruleset.ts'
import { lastLines, run } from './run.ts'

/** Where hosts, bases and image builds fetch packages: written into a host's apt settings. */
export const packagesUrl = `http://${packagesAt.address}:${packagesAt.port}`

const directory = (): string => join(cacheDirectory(), 'packages')

/** Starts the package cache (Debian's apt-cacher-ng, unpacked, not installed) unless it runs already; `mark` remembers its process. */
export async function startPackages(mark: string, report: Report): Promise<void> {
  if (await runs(await remembered(mark))) return
  await unpack(report)
  await configure()
  const log = await open(join(directory(), 'console.log'), 'w')
  const child = spawn('unshare', words(), { detached: true, stdio: ['ignore', log.fd, log.fd] })
  await log.close()
  const failed = new Promise<string>((resolve) => child.on('error', (error) => resolve(error.message)))
  const started = child.pid === undefined ? undefined : await markOf(child.pid)
  if (!started) throw noCache(await failed)
  await writeFile(mark, JSON.stringify(started))
  child.unref()
  for (let round = 0; !(await answers()); round += 1) {
    if (round > 100 || !(await runs(started))) throw noCache(await readFile(join(directory(), 'console.log'), 'utf8'))
    await sleep(50)
  }
}

/** Ends the package cache; what it has fetched stays for the next host. */
export async function stopPackages(mark: string): Promise<void> {
  const running = await remembered(mark)
  if (running && (await runs(running))) process.kill(running.pid, 'SIGTERM')
  for (let round = 0; (await runs(running)) && round < 60; round += 1) await sleep(50)
  if (running && (await runs(running))) process.kill(running.pid, 'SIGKILL')
  await rm(mark, { force: true })
}

const remembered = async (mark: string): Promise<ProcessMark | undefined> => {
  const text = await readFile(mark, 'utf8').catch(absent)
  return text ? (JSON.parse(text) as ProcessMark) : undefined
}

// Downloading the package and what it needs, and unpacking them, leaves this machine as it is: installing it would start a service.
async function unpack(report: Report): Promise<void> {
  const program = join(directory(), 'program')
  if (await exists(program)) return
  report({
    event: 'note',
    text: `Fetching Debian’s apt-cacher-ng into ${directory()}: packages are then downloaded once.`,
  })
  const archives = join(directory(), 'archives')
  await rm(archives, { recursive: true, force: true })
  await mkdir(join(archives, 'partial'), { recursive: true })
  await aptLists()
  const here = ['-o', `Dir::Cache::archives=${archives}`, '-o', 'APT::Sandbox::User=root']
  await run('apt-get', ['install', ...aptWords, '--download-only', '--reinstall', ...here, 'apt-cacher-ng'])
  const draft = `${program}.part`
  await rm(draft, { recursive: true, force: true })
  for (const file of (await readdir(archives)).filter((name) => name.endsWith('.deb'))) {
    await run('dpkg', ['-x', join(archives, file), draft])
  }
  await rename(draft, program)
  await rm(archives, { recursive: true, force: true })
}

async function configure(): Promise<void> {
  const { proxy } = await operatorSettings()
  for (const name of ['cache', 'log', 'configuration']) await mkdir(join(directory(), name), { recursive: true })
  for (const name of ['cache', 'log']) await chown(join(directory(), name), packagesUser, packagesUser)
  await writeFile(
    join(directory(), 'configuration', 'acng.conf'),
    [
      'CacheDir: /mnt/cache',
      'LogDir: /mnt/log',
      'SupportDir: /mnt/program/usr/lib/apt-cacher-ng',
      'SocketPath:',
      `BindAddress: ${packagesAt.address}`,
      `Port: ${packagesAt.port}`,
      'ForeGround: 1',
      // https mirrors cannot be cached, and must be reached all the same.
      'PassThroughPattern: ^[^:]+:443$',
      'ReportPage:',
      ...(proxy ? [`Proxy: ${proxy}`] : []),
      '',
    ].join('\n'),
  )
}

// It sees its own directory as /mnt, whatever home directory that lies in, and has neither root's rights nor root's files.
const words = (): readonly string[] => {
  const enter =
    'mount --bind "$1" /mnt && cd / && for d in /mnt/program/usr/lib/*-linux-gnu*; do LD_LIBRARY_PATH=$d; done; export LD_LIBRARY_PATH; shift; exec "$@"'
  const user = [`--reuid=${packagesUser}`, `--regid=${packagesUser}`, '--clear-groups']
  const program = ['/mnt/program/usr/sbin/apt-cacher-ng', '-c', '/mnt/configuration']
  const rights = ['--inh-caps=-all', '--bounding-set=-all', '--no-new-privs']
  return [
    '--mount',
    '--propagation=private',
    'sh',
    '-c',
    enter,
    'sh',
    directory(),
    'setpriv',
    ...user,
    ...rights,
    ...program,
  ]
}

const answers = (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: packagesAt.address, port: packagesAt.port, timeout: 500 })
    const say = (answer: boolean) => () => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('connect', say(true)).on('error', say(false)).on('timeout', say(false))
  })

const noCache = (because: string): Fault =>
  new Fault('The package cache of the sandbox did not start.', {
    because: lastLines(because, 8) || 'it ended without a word',
    try: `take it away, it is fetched again: rm -r ${directory()}`,
  })
