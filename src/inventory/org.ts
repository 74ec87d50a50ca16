import type { Secret } from '../engine/secret.ts'

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

/** The account at DigitalOcean. */
export interface DigitalOceanWish {
  readonly token: SecretPlace
  /** CIDRs that may reach SSH through the provider's firewall; empty: everybody. */
  readonly sshFrom: readonly string[]
  /** Undefined: by plain calls of the API. */
  readonly pulumi?: PulumiWish
  /** Undefined: no names are made. */
  readonly dns?: DnsWish | undefined
  readonly databases: readonly DatabaseWish[]
  readonly spaces?: SpacesWish | undefined
  /** Name of the project in which everything is shown. */
  readonly project?: string | undefined
  /** A network of the organization's own in each region of its hosts; undefined: the region's default. */
  readonly vpc?: { readonly range?: string | undefined } | undefined
}

/** Object storage in a region. */
export interface SpacesWish {
  readonly region: string
  /** Where the access key and the secret key are, with a colon between; undefined: a run makes a key for the time it makes buckets. */
  readonly key: SecretPlace | undefined
  readonly buckets: readonly { readonly name: string; readonly versioning: boolean }[]
  readonly keys: readonly SpacesKeyWish[]
}

/** A key for the platform's services. */
export interface SpacesKeyWish {
  readonly name: string
  /** What it may do, by bucket. */
  readonly buckets: Readonly<Record<string, 'read' | 'readwrite'>>
  /** Another version is another key. */
  readonly version: number
}

/** Where Pulumi keeps what it knows. */
export interface PulumiWish {
  /** `file:///…` or `s3://…`, the latter as the inventory says it. */
  readonly state: string
  readonly passphrase: SecretPlace
  /** Where the key of that bucket is, with a colon in it; undefined: in the variables that every tool for S3 knows. */
  readonly key: SecretPlace | undefined
}

/** A cluster of managed PostgreSQL. */
export interface DatabaseWish {
  readonly name: string
  /** Major: `16`. */
  readonly version: string
  readonly size: string
  readonly region: string
  readonly nodes: number
  /** Besides `defaultdb`. */
  readonly databases: readonly string[]
  /** Besides `doadmin`. */
  readonly users: readonly string[]
  /** IPv4 CIDRs that may connect, besides the organization's droplets. */
  readonly trusted: readonly string[]
}

/** The zone in which the names of the platform's routes lead to the hosts. */
export interface DnsWish {
  readonly zone: string
  /** The zone is made where there is none. */
  readonly create: boolean
  /** Seconds. */
  readonly ttl: number
}

/** Where a secret of the operator is; of several places the first that has one, in this order. */
export interface SecretPlace {
  readonly env: string | undefined
  /** Path of a file on this machine. */
  readonly file: string | undefined
  /** Run by sh on this machine. */
  readonly command: string | undefined
}

/** What a droplet is, in the API's words. */
export interface DropletWish {
  readonly token: SecretPlace
  readonly region: string
  readonly size: string
  readonly monitoring: boolean
  readonly backups: boolean
  /** Besides those by which it is found again. */
  readonly tags: readonly string[]
  /** An address of its own stays when it is made anew. */
  readonly reservedIp: boolean
  readonly volumes: readonly VolumeWish[]
}

/** A block volume of a host. */
export interface VolumeWish {
  /** At the provider, and in the name of its device. */
  readonly name: string
  readonly sizeGiB: number
  /** Mount point: an absolute path. */
  readonly at: string
  /** `path` is relative to the mount point; owner `999:999`, mode `700` as stat prints it. */
  readonly directories: readonly { readonly path: string; readonly owner: string; readonly mode: string }[]
}

/** A port that answers from outside, besides SSH and what the platform publishes. */
export interface OpenPort {
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  /** CIDRs; empty: from everywhere. */
  readonly from: readonly string[]
}

/** The tailnet that every host joins. */
export interface TailscaleWish {
  /** One of these three: a key that a person made, or access to the API, through which each host gets a key of its own. */
  readonly authKey: SecretPlace | undefined
  readonly apiKey: SecretPlace | undefined
  readonly oauth: { readonly id: string; readonly secret: SecretPlace } | undefined
  /** Where the package comes from: Tailscale's own repository, or whatever sources the host has. */
  readonly source: 'repository' | 'distribution'
  /** Where Tailscale's packages are, without a slash at its end, and the key that signs them, as 40 hexadecimal digits. */
  readonly repository: { readonly url: string; readonly fingerprint: string }
  /** Folder on the operator's machine with static `tailscale` and `tailscaled`; undefined: a package. */
  readonly binaries: string | undefined
  /** URL of the control server, without a slash at its end. */
  readonly loginServer: string
  /** `tag:server`. */
  readonly tags: readonly string[]
  readonly acceptDns: boolean
  readonly acceptRoutes: boolean
  /** CIDRs. */
  readonly advertiseRoutes: readonly string[]
  readonly ssh: boolean
  /** groundwork itself comes in by the tailnet, once that was proven. */
  readonly sshOver: boolean
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
