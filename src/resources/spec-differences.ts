import { isDeepStrictEqual } from 'node:util'
import type { Spec, Tree } from './swarm-look.ts'

/**
 * What differs between a service as it is and as it was kept, in people's words: `replicas 0 → 1 · memory limit none → 256 MiB`.
 * Left is what is, right is what it will be again.
 */
export function specDifferences(live: Spec, kept: Spec, networks: Readonly<Record<string, string>>): string {
  const left = flat(named(live, networks))
  const right = flat(named(kept, networks))
  const paths = [...new Set([...left.keys(), ...right.keys()])].filter(
    (path) => !isDeepStrictEqual(left.get(path), right.get(path)),
  )
  return paths
    .map((path) => `${words(path)} ${value(path, left.get(path))} → ${value(path, right.get(path))}`)
    .join(' · ')
}

// `docker service update --force` counts up, and asks for nothing else.
const IGNORED = new Set(['TaskTemplate.ForceUpdate', 'Name'])

const WORDS: Readonly<Record<string, string>> = {
  'Mode.Replicated.Replicas': 'replicas',
  'TaskTemplate.ContainerSpec.Image': 'image',
  'TaskTemplate.Resources.Limits.MemoryBytes': 'memory limit',
  'TaskTemplate.Resources.Limits.NanoCPUs': 'CPU limit',
  'TaskTemplate.Resources.Limits.Pids': 'process limit',
  'TaskTemplate.Resources.Reservations.MemoryBytes': 'memory reservation',
  'TaskTemplate.Resources.Reservations.NanoCPUs': 'CPU reservation',
  'TaskTemplate.ContainerSpec.Args': 'command',
  'TaskTemplate.ContainerSpec.Command': 'entrypoint',
  'TaskTemplate.ContainerSpec.Secrets': 'secrets',
  'TaskTemplate.ContainerSpec.Configs': 'configs',
  'TaskTemplate.ContainerSpec.Mounts': 'mounts',
  'TaskTemplate.Placement.Constraints': 'placement',
  'TaskTemplate.Networks': 'networks',
  'EndpointSpec.Ports': 'ports',
  'EndpointSpec.Mode': 'endpoint mode',
}

function words(path: string): string {
  const label = /^(?:TaskTemplate\.ContainerSpec\.)?Labels\.(.+)$/.exec(path)?.[1]
  if (label) return `label ${label}`
  const variable = /^TaskTemplate\.ContainerSpec\.Env\.(.+)$/.exec(path)?.[1]
  if (variable) return `environment ${variable}`
  return WORDS[path] ?? path.replace(/^TaskTemplate\.(ContainerSpec\.)?/, '')
}

function value(path: string, found: unknown): string {
  if (found === undefined) return 'none'
  if (path.endsWith('MemoryBytes')) return `${Math.round((Number(found) / 1048576) * 10) / 10} MiB`
  if (path.endsWith('NanoCPUs')) return String(Number(found) / 1e9)
  if (/(Delay|Period|Monitor|Window|Interval|Timeout)$/.test(path)) return `${Number(found) / 1e9} s`
  const text = typeof found === 'string' ? found : JSON.stringify(found)
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}

/** Names instead of ids, maps instead of lists where the order says nothing. */
function named(spec: Spec, networks: Readonly<Record<string, string>>): Tree {
  const container = spec.TaskTemplate.ContainerSpec as Tree
  const used = (spec.TaskTemplate.Networks ?? []) as readonly { Target: string; Aliases?: readonly string[] }[]
  return {
    ...spec,
    TaskTemplate: {
      ...spec.TaskTemplate,
      Networks: used.map(({ Target, ...rest }) => ({ Target: networks[Target] ?? Target, ...rest })),
      ContainerSpec: {
        ...container,
        Env: Object.fromEntries(((container.Env ?? []) as readonly string[]).map(entry)),
        Secrets: withoutIds(container.Secrets, 'SecretName'),
        Configs: withoutIds(container.Configs, 'ConfigName'),
      },
    },
  }
}

const entry = (text: string): readonly [string, string] => {
  const cut = text.indexOf('=')
  return cut < 0 ? [text, ''] : [text.slice(0, cut), text.slice(cut + 1)]
}

const withoutIds = (used: unknown, name: 'SecretName' | 'ConfigName'): readonly string[] =>
  ((used ?? []) as readonly Tree[])
    .map((one) => {
      const { Name, Mode, UID, GID } = (one.File ?? {}) as Tree
      return `${one[name]} as ${Name} ${Number(Mode).toString(8)} ${UID}:${GID}`
    })
    .sort()

/** Leaves by their path; a list is a leaf. What is empty is not there. */
function flat(tree: Tree, above = '', found = new Map<string, unknown>()): ReadonlyMap<string, unknown> {
  for (const [key, inner] of Object.entries(tree)) {
    const path = above ? `${above}.${key}` : key
    if (IGNORED.has(path) || inner === null || inner === undefined) continue
    if (Array.isArray(inner) && inner.length === 0) continue
    if (typeof inner === 'object' && !Array.isArray(inner)) flat(inner as Tree, path, found)
    else found.set(path, inner)
  }
  return found
}
