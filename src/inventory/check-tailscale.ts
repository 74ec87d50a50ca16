import { list, type Mark, record } from './mark.ts'
import { repeated } from './repeated.ts'

/** The port at which Tailscale's nodes reach each other directly (tailscale.com/kb/1082). */
export const TAILSCALE_PORT = 41641

/** The control server where the inventory names none. */
export const TAILSCALE_SERVER = 'https://controlplane.tailscale.com'

/** The auth key is somewhere; nothing is named twice; Tailscale's port is not opened by hand. */
export function checkTailscale(value: unknown): readonly Mark[] {
  const root = record(value)
  if (!('tailscale' in root)) return []
  const { authKey, tags, advertiseRoutes } = record(root.tailscale)
  const open = list(record(root.firewall).open).map(record)
  return [
    ...(typeof authKey === 'object' && authKey !== null && !Object.keys(authKey).length
      ? [{ path: ['tailscale', 'authKey'], message: 'is empty; write where it is: env, file or command' }]
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
