import type { Secret } from '../engine/secret.ts'
import type { DigitalOceanWish } from './digitalocean-wish.ts'
import type { DropletWish } from './droplet-wish.ts'
import type { TailscaleWish } from './tailscale-wish.ts'

/** An inventory that was read without a fault, with every default filled in. */
export interface Org {
  /** The organization's name: letters, digits and dashes. */
  readonly name: string
  /** The inventory's path as the person typed it, for messages. */
  readonly file: string
  /** A folder of src/platforms; or, of one's own, its absolute path. */
  readonly platform: string
  readonly contact: string
  readonly operators: readonly Operator[]
  readonly hosts: readonly Host[]
  readonly access: Access
  readonly digitalocean?: DigitalOceanWish
  readonly docker: DockerWish
  readonly firewall: { readonly open: readonly OpenPort[] }
  readonly system: SystemWish
  readonly ssh: { readonly port: number }
  /** Undefined: no Tailscale. */
  readonly tailscale?: TailscaleWish
  /** 32 bytes, from which names and generated secrets are derived; undefined in a plan before the first run. */
  readonly key: Secret | undefined
  /** What its provider gives to the platform, by the names of the platform's secrets; in a plan without what is not there yet. */
  readonly given?: ReadonlyMap<string, Secret>
  /** One line, kept on the first manager: the secrets of the provider's keys, which it tells only once. */
  readonly keptKeys?: Secret
}

/** A person who may log in. `keys` are OpenSSH public keys, one a line as in authorized_keys. */
export interface Operator {
  readonly name: string
  readonly keys: readonly string[]
}

export interface Access {
  readonly profile: 'localhost' | 'lan' | 'public'
  readonly domain: string | undefined
}

export interface DockerWish {
  /** Version pattern of docker.io per Debian codename, as apt's pinning takes it: `26.1*`. */
  readonly version: Readonly<Record<string, string>>
  /** Additional keys of daemon.json. */
  readonly daemon: Readonly<Record<string, unknown>>
}

/** A port that answers from outside, besides SSH and what the platform publishes. */
export interface OpenPort {
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  /** CIDRs; empty: from everywhere. */
  readonly from: readonly string[]
}

export interface SystemWish {
  /** tz database name. */
  readonly timeZone: string
  readonly packages: readonly string[]
  readonly sysctl: Readonly<Record<string, string>>
  /** Of systemd's journal, as journald.conf takes it: `500M`. */
  readonly journalMax: string
  /** Swap file size; made only where memory is below 4 GiB and the kernel is the host's own. */
  readonly swapMiB: number
}

/** A host: what the inventory says of it, and what was read at first contact and cannot change during a run. */
export interface Host extends HostWish, Facts {}

/** What the inventory says of a host. */
export interface HostWish {
  readonly name: string
  readonly provider: 'existing' | 'sandbox' | 'digitalocean'
  readonly role: 'manager' | 'worker'
  readonly labels: Readonly<Record<string, string>>
  /** How the host is met. */
  readonly firstUser: string
  /** How it is used from then on. */
  readonly user: string
  readonly port: number
  /** existing: a name or an address, or an alias of ~/.ssh/config. */
  readonly address: string | undefined
  /** existing: `SHA256:…` of the pinned key. */
  readonly hostKey: string | undefined
  /** Path of a private key on the operator's machine; undefined: agent and ~/.ssh/config. */
  readonly identity: string | undefined
  /** sandbox, digitalocean: a Debian codename. */
  readonly release: 'bookworm' | 'trixie'
  /** digitalocean. */
  readonly droplet?: DropletWish
  /** File on the operator’s machine that holds the sudo password of `user`; undefined: sudo asks nothing, or a person is asked. */
  readonly sudoPasswordFile?: string
}

/** What was read at first contact. */
export interface Facts {
  /** `debian`, `ubuntu`: ID of os-release. */
  readonly distribution: string
  /** `trixie`: VERSION_CODENAME of os-release. */
  readonly codename: string
  /** `amd64`: dpkg's word. */
  readonly architecture: string
  readonly memoryMiB: number
  readonly cores: number
  /** IPv4 address that the other members use, and on which Swarm is advertised. */
  readonly primaryAddress: string
  /** Bytes that the interface with that address carries in one packet; undefined: nobody knows. */
  readonly mtu?: number | undefined
  /** A container that cannot set the kernel's clock, modules, swap and `vm.*`. */
  readonly sharesKernel: boolean
}
