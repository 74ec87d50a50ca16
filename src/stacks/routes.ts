import type { Host, Org } from '../inventory/org.ts'
import type { Platform } from './platform-schema.ts'
import { publishedPorts } from './published.ts'

/** A name under which a service is reached, and the hosts on which what answers there may run. */
export interface Name {
  /** `api.demo.example.org` */
  readonly name: string
  readonly hosts: readonly Host[]
}

/** The names of the routes that are enabled in the inventory's access profile; none without a domain. */
export function enabledNames(platform: Platform, { access, hosts }: Org): readonly Name[] {
  const { domain, profile } = access
  if (domain === undefined) return []
  const enabled = Object.values(platform.routes).filter(({ profiles }) => profiles.includes(profile))
  const names = new Map<string, Set<Host>>()
  for (const { host, port } of enabled) {
    const name = host === '@' ? domain : `${host}.${domain}`
    const reached = hosts.filter((one) =>
      publishedPorts(platform, one).some((open) => open.port === port && open.protocol === 'tcp'),
    )
    names.set(name, new Set([...(names.get(name) ?? []), ...reached]))
  }
  return [...names].map(([name, all]) => ({ name, hosts: [...all] }))
}
