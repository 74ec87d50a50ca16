import type { Api } from '../../clients/digitalocean/api.ts'
import { scopeOf, TOKENS } from '../../clients/digitalocean/faults.ts'
import { Fault } from '../../engine/fault.ts'
import type { Wanted } from './wanted.ts'

/** Where objects are made; those with tags need the scope for these as well. */
const MADE_AT: Readonly<Record<string, readonly string[]>> = {
  'ssh-key': ['/v2/account/keys'],
  firewall: ['/v2/firewalls', '/v2/tags'],
  droplet: ['/v2/droplets', '/v2/tags'],
  volume: ['/v2/volumes', '/v2/volumes/actions', '/v2/tags'],
  vpc: ['/v2/vpcs'],
  'reserved-ip': ['/v2/reserved_ips', '/v2/tags'],
  project: ['/v2/projects'],
  zone: ['/v2/domains'],
  'dns-name': ['/v2/domains'],
  'database-cluster': ['/v2/databases'],
  database: ['/v2/databases'],
  'database-user': ['/v2/databases'],
}

/**
 * Before the first of several things is made: whether the token may make them all. Asked by bodies that lack every field, of which
 * nothing can come; only a plain "may not" (403) counts. @throws Fault that names all scopes that are missing
 */
export async function mustBeAllowed(api: Api, missing: readonly Pick<Wanted, 'kind'>[]): Promise<void> {
  const paths = [...new Set(missing.flatMap(({ kind }) => MADE_AT[kind] ?? []))]
  const may = await Promise.all(paths.map((path) => api.mayPost(path)))
  const lacking = paths.filter((_, index) => !may[index]).map((path) => scopeOf('POST', path))
  if (!lacking.length) return
  throw new Fault('The token may not make what the inventory wants. Nothing was made or changed.', {
    at: 'digitalocean.token',
    because: `it lacks ${lacking.length === 1 ? 'the scope' : 'the scopes'} ${lacking.join(', ')}`,
    try: `give it that, with the read, update and delete beside it: ${TOKENS}`,
  })
}
