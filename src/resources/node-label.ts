import type { Resource } from '../engine/resource.ts'
import { resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import type { Host } from '../inventory/org.ts'
import { nodeId, nodeOf, swarmNodes } from './swarm-nodes.ts'

/** A member of the swarm carries exactly these labels, by which services are placed. Asked of, and set on, a manager. */
export const nodeLabels = (host: Host, labels: Readonly<Record<string, string>>): Resource =>
  resource({
    name: `labels of node ${host.name}`,
    desired: { labels: listed(labels) },
    actual: { labels: { ask: swarmNodes, read: (answer) => found(answer, host) } },
    fix: ({ labels: found }) => {
      const old = (found?.from ?? '').split(' ').map((pair) => pair.split('=')[0] ?? '')
      const gone = old.filter((key) => key && key !== 'none' && !(key in labels))
      const flags = [
        ...gone.flatMap((key) => ['--label-rm', key]),
        ...Object.entries(labels).flatMap(([key, value]) => ['--label-add', `${key}=${value}`]),
      ]
      return sh`docker node update ${flags} "$(${nodeId(host)})" >/dev/null`
    },
  })

function found(answer: string, host: Host): string | undefined {
  const node = nodeOf(answer, host)
  return node && listed(node.labels)
}

const listed = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(' ') || 'none'
