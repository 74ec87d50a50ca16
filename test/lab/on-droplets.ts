import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKeyPair } from '../../src/provision/operator-key.ts'
import { machines } from './digitalocean/machines.ts'
import { type StandIn, startDigitalOcean } from './digitalocean/server.ts'
import { type Came, groundwork } from './groundwork.ts'
import { overSsh } from './sandbox.ts'

/** An organization whose hosts are droplets that do not exist yet. */
export interface OnDroplets {
  /** The account, which is empty at first. */
  readonly at: StandIn
  /** The address of this machine that its droplets reach. */
  readonly gateway: string
  /** Where the inventory and its lock file lie. */
  readonly folder: string
  /** Writes the inventory anew, with more at its end. */
  readonly write: (more: string) => void
  /** The one command. `at.calls` holds what it asked of the API. */
  readonly run: (...words: string[]) => Promise<Came>
  /** The same with few steps: the provider, the first contact, and block volumes. */
  readonly runFew: (...words: string[]) => Promise<Came>
  readonly address: (host: string) => string
  /** What the droplet was made with. */
  readonly userData: (host: string) => string
  /** Runs shell text as root on a host, over SSH; throws where it fails. */
  readonly sh: (host: string, text: string) => Promise<string>
  readonly lockFile: () => string
  readonly down: () => Promise<void>
}

/** A manager and a worker. */
const HEAD = 'name: head, role: manager, labels: { role: storage }'
const HAND = 'name: hand, role: worker'

/** What an organization has besides two hosts and the demo platform. */
interface More {
  /** Of the platform, as the inventory has it: a folder beside it. */
  readonly platform?: string
  /** In the account. */
  readonly account?: string
  /** In the environment of each run. */
  readonly env?: Readonly<Record<string, string>>
}

/** Needs root. `hosts`: what each has of its own. `down` is to be called, always. */
export async function onDroplets(
  org: string,
  hosts: readonly string[] = [HEAD, HAND],
  { platform = 'demo', account = '', env: more = {} }: More = {},
): Promise<OnDroplets> {
  const real = await machines()
  const at = await startDigitalOcean(real)
  const folder = mkdtempSync(join(tmpdir(), `groundwork-${org}-`))
  const identity = join(folder, 'ana')
  await makeKeyPair(identity, 'ana')
  const inventory = join(folder, `${org}.yaml`)
  const droplet = `provider: digitalocean, region: fra1, size: s-2vcpu-4gb, identity: ${identity}`
  const write = (rest: string) =>
    writeFileSync(
      inventory,
      `organization: ${org}
platform: ${platform}
contact: ops@example.org
operators: [{ name: ana, keys: ["${readFileSync(`${identity}.pub`, 'utf8').trim()}"] }]
hosts:
${hosts.map((host) => `  - { ${droplet}, ${host} }`).join('\n')}
digitalocean: { token: { env: DO_TOKEN }${account} }
${rest}`,
    )
  write('')
  const dropletOf = (host: string) => {
    const one = [...at.account.droplets.values()].find(({ name }) => name === host)
    if (!one?.addresses) throw new Error(`there is no droplet ${host}`)
    return { ...one, address: one.addresses.public }
  }
  const command = (words: readonly string[], entry?: string) => {
    at.calls.length = 0
    const account = { DIGITALOCEAN_API_URL: at.url, DO_TOKEN: at.token }
    const env = { ...more, ...account, XDG_STATE_HOME: join(folder, 'state') }
    return groundwork([...words, '--inventory', inventory], env, entry)
  }
  return {
    at,
    gateway: real.gateway,
    folder,
    write,
    run: (...words) => command(words),
    runFew: (...words) => command(words, 'test/lab/few-steps.ts'),
    address: (host) => dropletOf(host).address,
    userData: (host) => dropletOf(host).userData,
    sh: (host, text) => overSsh(dropletOf(host).address, identity, text),
    lockFile: () => readFileSync(join(folder, `${org}.lock.yaml`), 'utf8'),
    down: async () => {
      at.close()
      await real.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
