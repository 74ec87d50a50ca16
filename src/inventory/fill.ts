import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { VolumeWish } from './droplet-wish.ts'
import type { HostWish, Org } from './org.ts'
import type { Inventory } from './schema.ts'
import type { SecretPlace } from './secret-place.ts'

/** An inventory without faults, with the defaults that depend on other keys; the organization's key comes later. */
export function filled(inventory: Inventory, file: string): Org {
  const { organization, platform, contact, operators, hosts, access } = inventory
  const { digitalocean, docker, firewall, system, ssh, tailscale } = inventory
  const token = secretPlace(digitalocean?.token ?? {})
  return {
    name: organization,
    file,
    platform: platform.startsWith('./') ? resolve(dirname(file), platform) : platform,
    contact,
    operators,
    hosts: hosts.map((host) => wish(host, hosts.length === 1, token)) as readonly HostWish[] as Org['hosts'],
    access: { profile: access.profile, domain: access.domain },
    ...(digitalocean && {
      digitalocean: {
        ...withoutWay(digitalocean),
        token,
        spaces: digitalocean.spaces && {
          ...digitalocean.spaces,
          key: digitalocean.spaces.key && secretPlace(digitalocean.spaces.key),
        },
        ...pulumi(digitalocean, dirname(file)),
      },
    }),
    docker: { version: docker.version, daemon: docker.daemon },
    firewall,
    system: {
      ...system,
      sysctl: Object.fromEntries(Object.entries(system.sysctl).map(([name, value]) => [name, String(value)])),
    },
    ssh,
    ...(tailscale && {
      tailscale: {
        ...tailscale,
        authKey: tailscale.authKey && secretPlace(tailscale.authKey),
        apiKey: tailscale.apiKey && secretPlace(tailscale.apiKey),
        oauth: tailscale.oauth && { id: tailscale.oauth.id, secret: secretPlace(tailscale.oauth.secret) },
        binaries: tailscale.binaries && resolve(dirname(file), tailscale.binaries),
      },
    }),
    key: undefined,
  }
}

function wish(host: Inventory['hosts'][number], alone: boolean, token: SecretPlace): HostWish {
  const { name, provider, labels, firstUser, port, address, hostKey, release } = host
  const { region, size, monitoring = true, backups = false, tags = [], reservedIp = false } = host
  return {
    name,
    provider,
    role: host.role ?? (alone ? 'manager' : 'worker'),
    labels,
    firstUser,
    user: host.user ?? firstUser,
    port,
    address,
    hostKey,
    identity: fromHome(host.identity),
    release,
    ...(provider === 'digitalocean' &&
      region !== undefined &&
      size !== undefined && {
        droplet: {
          token,
          region,
          size,
          monitoring,
          backups,
          tags,
          reservedIp,
          volumes: (host.volumes ?? []).map(volume),
        },
      }),
    ...(host.sudoPasswordFile !== undefined && { sudoPasswordFile: fromHome(host.sudoPasswordFile) }),
  }
}

const volume = ({ directories, ...one }: NonNullable<Inventory['hosts'][number]['volumes']>[number]): VolumeWish => ({
  ...one,
  directories: directories.map(({ path, owner, mode }) => ({ path, owner, mode: mode.replace(/^0/, '') })),
})

const withoutWay = ({ way: _, pulumi: __, ...rest }: NonNullable<Inventory['digitalocean']>) => rest

function pulumi({ way, pulumi: wish }: NonNullable<Inventory['digitalocean']>, folder: string) {
  if (way !== 'pulumi' || !wish) return {}
  const { state, passphrase, key } = wish
  return {
    pulumi: {
      state: state.startsWith('s3:') ? state : pathToFileURL(resolve(folder, fromHome(state))).href,
      passphrase: secretPlace(passphrase),
      key: key && secretPlace(key),
    },
  }
}

const secretPlace = ({ env, file, command }: NonNullable<Inventory['digitalocean']>['token']): SecretPlace => ({
  env,
  file: fromHome(file),
  command,
})

function fromHome<Path extends string | undefined>(path: Path): Path {
  return (path?.startsWith('~/') ? join(homedir(), path.slice(2)) : path) as Path
}
