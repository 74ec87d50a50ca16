import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { secretFrom } from '../clients/secret-place.ts'
import type { Tailnet } from '../clients/tailscale/tailnet.ts'
import { Fault } from '../engine/fault.ts'
import { type Resource, type Step, step } from '../engine/resource.ts'
import type { Secret } from '../engine/secret.ts'
import type { Host } from '../inventory/org.ts'
import type { TailscaleWish } from '../inventory/tailscale-wish.ts'
import { aptKey } from '../resources/apt-key.ts'
import { file } from '../resources/file.ts'
import { packages } from '../resources/packages.ts'
import { systemdUnit } from '../resources/systemd-unit.ts'
import { tailscaleExpiry } from '../resources/tailscale-expiry.ts'
import { nameIsFree, tailscaleName } from '../resources/tailscale-name.ts'
import { tailscaleNode } from '../resources/tailscale-node.ts'
import { TAILSCALE_KEY, TAILSCALE_LIST, tailscaleOfDistribution } from '../resources/tailscale-package.ts'
import { template } from '../resources/template.ts'

/** Every host is in the tailnet, where the inventory has one. */
export const tailscale = (wish: TailscaleWish): Step =>
  step({
    id: 'tailscale',
    title: 'Every host is in the tailnet',
    resources: ({ host }) => {
      const settings = fromFiles('/etc/default/tailscaled', { userspace: host.sharesKernel })
      const name = { ...wish, hostname: host.name, tailnet: hasApi(wish) ? () => opened(wish) : undefined }
      const programs = wish.binaries === undefined ? [] : ownPrograms(wish.binaries)
      return [
        ...(wish.binaries !== undefined
          ? programs
          : wish.source === 'distribution'
            ? tailscaleOfDistribution()
            : fromRepository(host, wish.repository)),
        settings,
        systemdUnit('tailscaled.service', { restartAfter: [settings, ...programs] }),
        tailscaleNode({
          ...wish,
          hostname: host.name,
          authKey: { readHere: () => authKeyFor(host.name, wish) },
          before: (signal) => nameIsFree(name, signal),
        }),
        tailscaleName(name),
      ]
    },
  })

/** A key that ends soon is told behind everything else, so that it holds nothing up. */
export const tailscaleKeys = step({
  id: 'tailscale-keys',
  title: "The hosts' keys in the tailnet last",
  resources: ({ host }) => [tailscaleExpiry(host.name)],
})

// Not held: what stands open to the net takes the repository's newest when it is installed, and unattended-upgrades leaves it alone.
function fromRepository({ distribution, codename }: Host, wish: TailscaleWish['repository']): readonly Resource[] {
  const url = `${wish.url}/${distribution}`
  return [
    packages('gpg'),
    aptKey(TAILSCALE_KEY, {
      url: `${url}/${codename}.noarmor.gpg`,
      fingerprint: wish.fingerprint,
      setting: 'tailscale.repository.fingerprint',
      unreachable:
        'name a mirror that it reaches in tailscale.repository.url, or bring the programs by tailscale.binaries',
    }),
    fromFiles(TAILSCALE_LIST, { url, codename, key: TAILSCALE_KEY }),
    packages('tailscale'),
  ]
}

function ownPrograms(folder: string): readonly Resource[] {
  return [
    file('/usr/local/bin/tailscale', { content: program(join(folder, 'tailscale')), mode: '755' }),
    file('/usr/local/sbin/tailscaled', { content: program(join(folder, 'tailscaled')), mode: '755' }),
    fromFiles('/etc/systemd/system/tailscaled.service'),
  ]
}

/** What is wrong with the folder of one's own programs is told before anything is connected. @throws Fault (exit 64) */
export function mustHavePrograms({ binaries }: Pick<TailscaleWish, 'binaries'>): void {
  if (binaries !== undefined) for (const name of ['tailscale', 'tailscaled']) program(join(binaries, name))
}

const programs = new Map<string, Uint8Array>()

// Read once: every host gets the same.
function program(path: string): Uint8Array {
  const known = programs.get(path) ?? read(path)
  programs.set(path, known)
  return known
}

function read(path: string): Uint8Array {
  const wrong = (because: string) =>
    new Fault('A program of Tailscale cannot be taken from here.', {
      at: path,
      because,
      try: 'put static tailscale and tailscaled there (https://pkgs.tailscale.com/stable/#static), or take tailscale.binaries out',
      exit: 64,
    })
  try {
    const bytes = readFileSync(path)
    if (!bytes.subarray(0, 4).equals(ELF)) throw wrong('it is no program of Linux')
    return bytes
  } catch (error) {
    if (error instanceof Fault) throw error
    throw wrong(`it cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

const ELF = Buffer.from('\x7fELF')

const hasApi = ({ apiKey, oauth }: TailscaleWish): boolean => apiKey !== undefined || oauth !== undefined

// Loaded by runs that need it alone.
const opened = async (wish: TailscaleWish): Promise<Tailnet> =>
  (await import('../clients/tailscale/tailnet.ts')).tailnetOf(wish)

async function authKeyFor(host: string, wish: TailscaleWish): Promise<Secret> {
  if (wish.authKey) return secretFrom(wish.authKey, authKeyWords(wish.loginServer))
  return (await opened(wish)).mint(host, wish.tags, NEVER)
}

// The calls have deadlines of their own.
const NEVER = new AbortController().signal

const authKeyWords = (server: string) => ({
  what: 'auth key for the tailnet',
  at: 'tailscale.authKey',
  made: server.endsWith('.tailscale.com') ? 'https://login.tailscale.com/admin/settings/keys' : server,
})

const fromFiles = (path: string, values: Readonly<Record<string, unknown>> = {}): Resource =>
  file(path, { content: template(path.slice(1), values) })
