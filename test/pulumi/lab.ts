import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { ANA } from '../inventory/broken/base.ts'
import type { Droplet } from '../lab/digitalocean/droplets.ts'
import { type StandIn, startDigitalOcean } from '../lab/digitalocean/server.ts'
import { type SpacesStandIn, startSpaces } from '../lab/digitalocean/spaces.ts'
import { type Came, groundwork } from '../lab/groundwork.ts'

/** The real engine and the real provider, against the stand-in for the API: an account, an inventory and a state of each test alone. */
export interface PulumiLab {
  readonly at: StandIn
  readonly spaces: SpacesStandIn
  readonly folder: string
  readonly write: (said?: Said) => void
  /** The one command, as far as the cloud; what is secret is on no screen, and in no byte that is left anywhere. */
  readonly run: (words?: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Came>
  /** The same, which must end well. */
  readonly done: (...words: readonly string[]) => Promise<Came>
  /** Any other words, with the same inventory and the same look for what is secret. */
  readonly say: (words: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Came>
  readonly droplets: () => readonly Droplet[]
  /** Calls of the last run that could change something: an empty body only asks whether the token may. */
  readonly writes: () => readonly string[]
  readonly stateFile: () => string
  /** A line of the private key in each droplet's user data. */
  readonly firstKeys: () => readonly string[]
}

/** What an inventory says. */
interface Said {
  readonly hosts?: number
  /** Of each host; its number for N, and for X that of the last one first. */
  readonly more?: string
  readonly way?: 'pulumi' | 'api'
  /** Lines of `digitalocean`. */
  readonly account?: string
  /** Of Pulumi, as YAML; a folder beside the inventory, unless said. */
  readonly state?: string
}

const PASSPHRASE = 'a-passphrase-that-nobody-may-see-0123456789'

/** Gives each test of a file a lab; without the programs on the PATH nothing of it runs. */
export function pulumiLab(): () => PulumiLab {
  const root = mkdtempSync(join(tmpdir(), 'pulumi-'))
  let lab: PulumiLab | undefined
  beforeAll(() => {
    for (const program of ['pulumi', 'pulumi-resource-digitalocean'])
      if (spawnSync('sh', ['-c', `command -v ${program}`]).status)
        throw new Error(`These tests need ${program} on the PATH: https://www.pulumi.com/docs/install/`)
  })
  beforeEach(async () => {
    lab = labIn(mkdtempSync(join(root, 'run-')), await startDigitalOcean(), await startSpaces())
    lab.write()
  })
  afterEach(() => {
    lab?.at.close()
    lab?.spaces.close()
  })
  afterAll(() => rmSync(root, { recursive: true }))
  return () => {
    if (!lab) throw new Error('there is none outside of a test')
    return lab
  }
}

function labIn(folder: string, at: StandIn, spaces: SpacesStandIn): PulumiLab {
  at.account.secrets.push(spaces.key.split(':')[1] ?? '')
  cpSync('src/platforms/demo', join(folder, 'demo'), { recursive: true })
  const platform = join(folder, 'demo', 'platform.yaml')
  writeFileSync(
    platform,
    readFileSync(platform, 'utf8').replace(/^routes:\n(?: .*\n)+/m, 'routes: { web: { port: 80 } }\n'),
  )
  const inventory = join(folder, 'mle.yaml')
  const droplets = () => [...at.account.droplets.values()]
  const firstKeys = () =>
    droplets().flatMap(
      ({ userData }) => /-----BEGIN [\s\S]+?-----END/.exec(userData)?.[0]?.split('\n')[3]?.trim() ?? [],
    )
  const say: PulumiLab['say'] = async (words, env = {}) => {
    at.calls.length = 0
    const came = await groundwork([...words, '--inventory', inventory], {
      XDG_STATE_HOME: join(folder, 'groundwork'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      DIGITALOCEAN_API_URL: at.url,
      DO_TOKEN: at.token,
      PASSPHRASE,
      SPACES_KEY: spaces.key,
      DIGITALOCEAN_SPACES_URL: spaces.url,
      // Pulumi's provider puts a bucket's name before the host's, which no name server knows here. gRPC looks at other variables.
      SPACES_ENDPOINT_URL: `http://${spaces.host}`,
      HTTP_PROXY: spaces.url,
      ...env,
    })
    const texts = [came.out, came.err, ...textsIn(folder)]
    for (const secret of [at.token, PASSPHRASE, ...at.secrets, ...firstKeys()])
      for (const form of [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')])
        expect(texts.filter((text) => text.includes(form)).length, form.slice(0, 8)).toBe(0)
    return came
  }
  const run: PulumiLab['run'] = (words = [], env = {}) => say(['--only', 'cloud', ...words], env)
  return {
    at,
    spaces,
    folder,
    run,
    say,
    droplets,
    firstKeys,
    write: (said) => writeFileSync(inventory, inventoryOf(said)),
    done: async (...words) => {
      const came = await run(words)
      expect(came.exit, came.out + came.err).toBe(0)
      return came
    },
    writes: () => at.calls.filter((call) => !call.startsWith('GET ') && !call.endsWith(' {}')),
    stateFile: () => join(folder, 'state', '.pulumi', 'stacks', 'groundwork', 'mle.json'),
  }
}

const textsIn = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => readFileSync(join(one.parentPath, one.name), 'latin1'))

const inventoryOf = ({
  hosts = 1,
  more = 'size: s-2vcpu-4gb',
  way = 'pulumi',
  account = '',
  state = 'state: ./state',
}: Said = {}): string =>
  `organization: mle
platform: ./demo
contact: ops@example.org
operators: [{ name: ana, keys: [${ANA}] }]
hosts:
${Array.from(
  { length: hosts },
  (_, index) =>
    `  - { name: mle-${index + 1}, provider: digitalocean, region: nyc3, ${more.replaceAll('N', String(index + 1)).replaceAll('X', String(hosts - index))}, role: ${index ? 'worker' : 'manager, labels: { role: storage }'} }\n`,
).join('')}access: { profile: public, domain: demo.example.org }
digitalocean:
  token: { env: DO_TOKEN }
  way: ${way}
  pulumi: { ${state}, passphrase: { env: PASSPHRASE } }
${account}`
