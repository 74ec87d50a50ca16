import { list, type Mark, record } from './mark.ts'
import { repeated } from './repeated.ts'

/** Volumes have names and mount points of their own; one private range is one network. */
export function checkVolumes(value: unknown): readonly Mark[] {
  const root = record(value)
  const hosts = list(root.hosts).map(record)
  const clusters = list(record(root.digitalocean).databases).map(record)
  const volumes = hosts.flatMap((host, index) =>
    list(host.volumes).map((one, place) => ({ ...record(one), path: ['hosts', index, 'volumes', place] })),
  ) as readonly Volume[]
  return [
    ...repeated(
      volumes.map(({ name }) => name),
      (index) => [...(volumes[index]?.path ?? []), 'name'],
      (name) => `is ${name} a second time; it is found by its name, so every volume of the organization has its own`,
    ),
    ...volumes.flatMap(({ name, path }) =>
      (
        [
          ['host', hosts],
          ['database cluster', clusters],
        ] as const
      ).flatMap(([what, others]) =>
        others.some((other) => other.name === name)
          ? [
              {
                path: [...path, 'name'],
                message: `is ${name}, as a ${what} is; --allow-replace could not tell them apart`,
              },
            ]
          : [],
      ),
    ),
    ...hosts.flatMap((_, index) => placeMarks(volumes.filter(({ path }) => path[1] === index))),
    ...volumes.flatMap(({ directories, path }) =>
      repeated(
        list(directories).map((one) => record(one).path),
        (index) => [...path, 'directories', index, 'path'],
        (directory) => `is ${directory} a second time; take it out`,
      ),
    ),
    ...rangeMarks(record(root.digitalocean), hosts),
  ]
}

interface Volume {
  readonly name?: unknown
  readonly at?: unknown
  readonly directories?: unknown
  readonly path: readonly PropertyKey[]
}

// A mount inside another one would come and go with it.
const placeMarks = (volumes: readonly Volume[]): readonly Mark[] =>
  volumes.flatMap(({ at, path }, index) => {
    const other = volumes.find((one, place) => {
      const [a, b] = [String(one.at), String(at)]
      return place !== index && (b.startsWith(`${a}/`) || (a === b && place < index))
    })
    return other
      ? [
          {
            path: [...path, 'at'],
            message: `is ${at}, which lies in that of ${other.name}; give it a place of its own`,
          },
        ]
      : []
  })

// The provider takes no two networks with one range in an account.
function rangeMarks(
  account: Readonly<Record<string, unknown>>,
  hosts: readonly Record<string, unknown>[],
): readonly Mark[] {
  const { range } = record(account.vpc)
  const regions = [...new Set(hosts.flatMap(({ region }) => (typeof region === 'string' ? [region] : [])))]
  if (range === undefined || regions.length < 2) return []
  return [
    {
      path: ['digitalocean', 'vpc', 'range'],
      message: `is one range, and hosts are in ${regions.join(' and ')}, each a network of its own; take it out, then the provider chooses`,
    },
  ]
}
