import { Fault } from '../engine/fault.ts'
import type { DatabaseWish, SpacesWish } from '../inventory/digitalocean-wish.ts'
import { didYouMean } from '../inventory/nearest.ts'
import type { Org } from '../inventory/org.ts'
import type { Platform } from './platform-schema.ts'
import type { ClusterSource, GivenSource, SpacesKeySource } from './secret-schema.ts'

/** The secrets of a platform that its provider gives, by name. */
export const givenSecrets = ({ secrets }: Platform): ReadonlyMap<string, GivenSource> =>
  new Map(Object.entries(secrets).flatMap(([name, one]) => ('generated' in one ? [] : [[name, one]])))

/**
 * What the platform's secrets are to come from stands in the inventory.
 * @throws Fault (exit 64) with all that does not, and what to write
 */
export function mustBeGiven(platform: Platform, org: Pick<Org, 'file' | 'digitalocean'>): void {
  const all = [...givenSecrets(platform)].flatMap(([name, source]) => {
    const lack = lackOf(source, org)
    return lack ? [{ ...lack, because: `secrets.${name} is to be ${lack.wants}: ${lack.because}` }] : []
  })
  if (!all.length) return
  const remedies = [...new Set(all.map((one) => one.try))]
  throw new Fault(
    all.length === 1
      ? 'A secret of the platform has no source in the inventory.'
      : `${all.length} secrets of the platform have no source in the inventory.`,
    {
      at: `${platform.directory}/platform.yaml › secrets`,
      because: all.map(({ because }) => because).join('\n'),
      try: `write into ${org.file}\n${remedies.join('\n')}\nor correct secrets in platform.yaml`,
      exit: 64,
    },
  )
}

interface Lack {
  readonly wants: string
  readonly because: string
  readonly try: string
}

const lackOf = (source: GivenSource, { digitalocean }: Pick<Org, 'digitalocean'>): Lack | undefined =>
  'cluster' in source
    ? ofCluster(source, digitalocean?.databases ?? [])
    : ofSpacesKey(source, digitalocean?.spaces?.keys ?? [])

function ofSpacesKey({ spacesKey, as }: SpacesKeySource, keys: SpacesWish['keys']): Lack | undefined {
  const names = keys.map(({ name }) => name)
  if (names.includes(spacesKey)) return undefined
  return {
    wants: `the ${as} of the Spaces key ${spacesKey}`,
    because: `digitalocean.spaces.keys has no ${spacesKey}${didYouMean(spacesKey, names)}`,
    try: `digitalocean.spaces.keys: - { name: ${spacesKey}, buckets: { BUCKET: readwrite } }`,
  }
}

function ofCluster(source: ClusterSource, clusters: readonly DatabaseWish[]): Lack | undefined {
  const { cluster } = source
  const wish = clusters.find(({ name }) => name === cluster)
  const wants = `the ${source.as} of ${'user' in source ? `${source.user} in ` : ''}the database cluster ${cluster}`
  const at = (rest: string) => `digitalocean.databases: - { name: ${cluster}, ${rest} }`
  if (!wish)
    return {
      wants,
      because: `digitalocean.databases has no ${cluster}${didYouMean(
        cluster,
        clusters.map(({ name }) => name),
      )}`,
      try: at('…'),
    }
  const missing = (what: 'users' | 'databases', name: string): Lack => ({
    wants,
    because: `${cluster} has no ${name} under ${what}${didYouMean(name, wish[what])}`,
    try: at(`…, ${what}: [${[...wish[what], name].join(', ')}]`),
  })
  if ('user' in source && source.user !== 'doadmin' && !wish.users.includes(source.user))
    return missing('users', source.user)
  if ('database' in source && source.database !== 'defaultdb' && !wish.databases.includes(source.database))
    return missing('databases', source.database)
  return undefined
}
