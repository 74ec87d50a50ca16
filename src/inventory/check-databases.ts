import { list, type Mark, record, shown } from './mark.ts'
import { repeated } from './repeated.ts'

/** Clusters, and what is in each, have a name once; what the provider makes itself is its own; it trusts no IPv6 address. */
export function checkDatabases(value: unknown): readonly Mark[] {
  const root = record(value)
  const clusters = list(record(root.digitalocean).databases).map(record)
  const hosts = list(root.hosts).map((host) => record(host).name)
  const path = (index: number, ...rest: readonly PropertyKey[]) => ['digitalocean', 'databases', index, ...rest]
  return [
    ...repeated(
      clusters.map(({ name }) => name),
      (index) => path(index, 'name'),
      (name) => `is ${name} a second time; every cluster has a name of its own`,
    ),
    ...clusters.flatMap(({ name, databases, users, trusted }, index): readonly Mark[] => [
      ...(typeof name === 'string' && hosts.includes(name)
        ? [{ path: path(index, 'name'), message: `is ${shown(name)}, a host; --allow-replace could mean either` }]
        : []),
      ...repeated(
        list(databases),
        (at) => path(index, 'databases', at),
        (one) => `is ${one} a second time; take it out`,
      ),
      ...repeated(
        list(users),
        (at) => path(index, 'users', at),
        (one) => `is ${one} a second time; take it out`,
      ),
      ...own(databases, 'defaultdb', (at) => path(index, 'databases', at)),
      ...own(users, 'doadmin', (at) => path(index, 'users', at)),
      ...list(trusted).flatMap((range, at) =>
        String(range).includes(':')
          ? [
              {
                path: path(index, 'trusted', at),
                message: `is ${shown(range)}; DigitalOcean's databases trust IPv4 only`,
              },
            ]
          : [],
      ),
    ]),
  ]
}

const own = (names: unknown, theirs: string, path: (at: number) => readonly PropertyKey[]): readonly Mark[] =>
  list(names).flatMap((name, at) =>
    name === theirs ? [{ path: path(at), message: `is ${theirs}, which DigitalOcean makes itself; take it out` }] : [],
  )
