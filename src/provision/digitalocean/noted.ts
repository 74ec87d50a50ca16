import type { AtDigitalOcean, NotedList } from '../../inventory/lock-file-schema.ts'
import type { Org } from '../../inventory/org.ts'
import type { Left } from './left.ts'
import type { Objects } from './lists.ts'
import type { Wanted } from './wanted.ts'

const LISTS: Partial<Readonly<Record<Wanted['kind'], NotedList>>> = {
  droplet: 'droplets',
  volume: 'volumes',
  'reserved-ip': 'reservedIps',
  vpc: 'vpcs',
  zone: 'zones',
  'database-cluster': 'clusters',
  project: 'projects',
  'spaces-key': 'spacesKeys',
}

/** What is to be noted before anything is made: what is wanted, and what left the inventory and is still there. */
export function notedNow(
  org: Org,
  wanted: readonly Wanted[],
  left: readonly Left[],
  { buckets: seen, noted }: Objects,
): AtDigitalOcean {
  const all = [
    ...wanted.map(({ kind, name }) => ({ list: LISTS[kind], name })),
    ...left.map(({ list, name }) => ({ list: list === 'buckets' ? undefined : list, name })),
  ]
  const lists = [...new Set(Object.values(LISTS))].flatMap((list) => {
    const names = all.flatMap((one) => (one.list === list ? [one.name] : []))
    return names.length ? [[list, [...new Set(names)].sort()] as const] : []
  })
  // Of a bucket only one that was seen is known to be ours.
  const region = org.digitalocean?.spaces?.region ?? ''
  const buckets = [
    ...seen.map(({ id, versioning }) => [id, { region, versioning }] as const),
    ...left.flatMap(({ list, name }) => {
      const known = list === 'buckets' ? noted.buckets?.[name] : undefined
      return known ? [[name, known] as const] : []
    }),
  ]
  return { ...Object.fromEntries(lists), ...(buckets.length && { buckets: Object.fromEntries(buckets) }) }
}
