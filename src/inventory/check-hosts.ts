import { isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import { list, type Mark, type Path, record } from './mark.ts'
import { repeated } from './repeated.ts'

/** Host names and addresses are unique; each host has the keys of its provider, and no other's. */
export function checkHosts(value: unknown): readonly Mark[] {
  const hosts = list(record(value).hosts).map(record)
  const path = (index: number, key: string): Path => ['hosts', index, key]
  return [
    ...repeated(
      hosts.map(({ name }) => name),
      (index) => path(index, 'name'),
      (name) => `is ${name} a second time; every host has a name of its own`,
    ),
    ...repeated(
      hosts.map(({ provider, address, port = 22 }) =>
        provider === 'existing' && address ? `${alike(address)}:${port}` : undefined,
      ),
      (index) => path(index, 'address'),
      () => 'is the address of another host, with the same port; every host has its own',
    ),
    ...hosts.flatMap((host, index) => [
      ...(host.name === 'operator' || host.name === 'localhost'
        ? [
            {
              path: path(index, 'name'),
              message: `is ${host.name}, which stands for the machine in front of you; choose another`,
            },
          ]
        : []),
      ...ofProvider(host).map(([key, message, missing]) => ({
        path: path(index, key),
        message,
        ...(missing ? { missing } : { key: true }),
      })),
    ]),
  ]
}

function ofProvider(host: Readonly<Record<string, unknown>>): readonly (readonly [string, string, boolean])[] {
  const { provider } = host
  const droplets =
    provider === 'existing' || provider === 'sandbox'
      ? OF_DROPLETS.filter((key) => key in host).map(
          (key) => [key, 'belongs to a host of the provider digitalocean; take it out', false] as const,
        )
      : []
  if (provider === 'existing')
    return [
      ...('address' in host
        ? []
        : [['address', 'is missing; an existing host is found by its address', true] as const]),
      ...('release' in host
        ? [['release', 'belongs to a sandbox; what an existing host runs is asked of it', false] as const]
        : []),
      ...droplets,
    ]
  if (provider === 'digitalocean')
    return [
      ...(['region', 'size'] as const)
        .filter((key) => !(key in host))
        .map((key) => [key, `is missing; a droplet needs its ${key}, such as ${EXAMPLES[key]}`, true] as const),
      ...('address' in host
        ? [
            [
              'address',
              'belongs to an existing host; a droplet gets its address when it is made; take it out',
              false,
            ] as const,
          ]
        : []),
    ]
  if (provider !== 'sandbox') return []
  return [
    ...OF_EXISTING.filter(([key]) => key in host).map(
      ([key, why]) => [key, `belongs to an existing host; a sandbox ${why}; take it out`, false] as const,
    ),
    ...droplets,
  ]
}

// Names in any case are one, and an IPv6 address may be written in several ways.
const alike = (address: unknown): string => {
  const text = String(address).toLowerCase()
  return isIPv6(text) && !text.includes('%') ? ipaddr.parse(text).toString() : text
}

const EXAMPLES = { region: 'nyc3', size: 's-2vcpu-4gb' }
const OF_DROPLETS = ['region', 'size', 'monitoring', 'backups', 'tags', 'reservedIp', 'volumes'] as const

const OF_EXISTING = [
  ['address', 'gets its address when it is made'],
  ['hostKey', 'gets its key when it is made'],
  ['identity', 'is entered with the key that groundwork makes for it'],
  ['sudoPasswordFile', 'asks for no password'],
] as const
