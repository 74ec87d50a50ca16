import { list, type Mark, record } from './mark.ts'
import { repeated } from './repeated.ts'

/** The port at which Tailscale's nodes reach each other directly (tailscale.com/kb/1082). */
export const TAILSCALE_PORT = 41641

/** The control server where the inventory names none. */
export const TAILSCALE_SERVER = 'https://controlplane.tailscale.com'

/** Tailscale's packages, each distribution's in a folder of its own (https://pkgs.tailscale.com/stable/). */
export const TAILSCALE_PACKAGES = 'https://pkgs.tailscale.com/stable'

/** The key by which they are signed, as apt's clients find it there. */
export const TAILSCALE_FINGERPRINT = '2596A99EAAB33821893C0A79458CA832957F5868'

/** There is one way to join, said whole, and one place where the programs come from; nothing is named twice; Tailscale's port is not opened by hand. */
export function checkTailscale(value: unknown): readonly Mark[] {
  const root = record(value)
  if (!('tailscale' in root)) return []
  const { tags, advertiseRoutes, source, binaries, repository } = record(root.tailscale)
  const open = list(record(root.firewall).open).map(record)
  return [
    ...waysToJoin(root.tailscale),
    ...(source === 'distribution' && binaries !== undefined
      ? [
          {
            path: ['tailscale', 'source'],
            message: 'is distribution, and binaries take the place of a package; write one of them',
            key: true,
          },
        ]
      : []),
    ...(repository !== undefined && (source === 'distribution' || binaries !== undefined)
      ? [
          {
            path: ['tailscale', 'repository'],
            message: `is not used, since ${binaries === undefined ? 'source is distribution' : 'binaries take the place of a package'}; write one of them`,
            key: true,
          },
        ]
      : []),
    ...repeated(
      list(tags),
      (index) => ['tailscale', 'tags', index],
      (tag) => `is ${tag} a second time; take it out`,
    ),
    ...repeated(
      list(advertiseRoutes),
      (index) => ['tailscale', 'advertiseRoutes', index],
      (range) => `is ${range} a second time; take it out`,
    ),
    ...open.flatMap(({ port, protocol = 'tcp' }, index) =>
      port === TAILSCALE_PORT && protocol === 'udp'
        ? [
            {
              path: ['firewall', 'open', index, 'port'],
              message: `is ${TAILSCALE_PORT}, of Tailscale; it is open anyway`,
            },
          ]
        : [],
    ),
  ]
}

const WAYS = ['authKey', 'apiKey', 'oauth'] as const

function waysToJoin(value: unknown): readonly Mark[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const wish = record(value)
  const [first, ...more] = WAYS.filter((way) => way in wish)
  const places = [
    [['authKey'], wish.authKey],
    [['apiKey'], wish.apiKey],
    [['oauth', 'secret'], record(wish.oauth).secret],
  ] as const
  return [
    ...(first === undefined
      ? [
          {
            path: ['tailscale', 'authKey'],
            message: `is missing; write how a host joins: ${WAYS.join(', ')}, one of them`,
            missing: true,
          },
        ]
      : []),
    ...more.map((way) => ({
      path: ['tailscale', way],
      message: `is another way to join, besides ${first}; one of them is enough`,
      key: true,
    })),
    ...places.flatMap(([path, place]) =>
      typeof place === 'object' && place !== null && !Object.keys(place).length
        ? [{ path: ['tailscale', ...path], message: 'is empty; write where it is: env, file or command' }]
        : [],
    ),
    ...('oauth' in wish && !list(wish.tags).length
      ? [
          {
            path: ['tailscale', 'tags'],
            message: 'is missing; the keys that an OAuth client makes give tags, such as [tag:server]',
            missing: !('tags' in wish),
          },
        ]
      : []),
  ]
}
