import type { Report } from '../engine/event.ts'
import { readLockFile } from '../inventory/lock-file.ts'
import type { Org } from '../inventory/org.ts'

/**
 * Is the provider's account asked in this run? One of which nothing is wanted, and nothing is noted, is not. What is noted of an
 * account that the inventory names no more nobody can ask for: it is told.
 */
export function asksProvider(org: Org, report: Report): boolean {
  const { hosts, digitalocean } = org
  if (hosts.some(({ droplet }) => droplet)) return true
  if (digitalocean?.dns || digitalocean?.databases.length || digitalocean?.spaces) return true
  const left = Object.entries(readLockFile(org).digitalocean ?? {}).map(
    ([list, names]) => `${list}: ${(Array.isArray(names) ? names : Object.keys(names)).join(', ')}`,
  )
  if (!left.length) return false
  if (!digitalocean)
    report({
      event: 'note',
      text: `The inventory names no account at DigitalOcean any more, and the lock file what ${org.name} had there (${left.join('; ')}): nobody looked whether it still is, and costs. To have it looked for: digitalocean: { token: … }; where it is gone: take digitalocean out of ${org.name}.lock.yaml`,
    })
  return digitalocean !== undefined
}
