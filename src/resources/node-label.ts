import type { Resource } from '../engine/resource.ts'
import { resource } from '../engine/resource.ts'
import { sh } from '../engine/sh.ts'
import { swarmProbe } from './docker.ts'

/** A member of the swarm carries exactly these labels, by which services are placed. Asked of, and set on, a manager. */
export const nodeLabels = (node: string, labels: Readonly<Record<string, string>>): Resource =>
  resource({
    name: `labels of node ${node}`,
    desired: { labels: listed(labels) },
    actual: { labels: { ask: nodes, read: (answer) => find(answer, node) } },
    fix: ({ labels: found }) => {
      const old = (found?.from ?? '').split(' ').map((pair) => pair.split('=')[0] ?? '')
      const gone = old.filter((key) => key && key !== 'none' && !(key in labels))
      const flags = [
        ...gone.flatMap((key) => ['--label-rm', key]),
        ...Object.entries(labels).flatMap(([key, value]) => ['--label-add', `${key}=${value}`]),
      ]
      return sh`docker node update ${flags} ${node} >/dev/null`
    },
  })

const nodes = swarmProbe(sh`ids=$(docker node ls --quiet) || exit
docker node inspect --format '{{.Description.Hostname}} {{json .Spec.Labels}}' $ids`)

function find(answer: string, node: string): string | undefined {
  const line = answer.split('\n').find((one) => one.startsWith(`${node} `))
  if (line === undefined) return undefined
  return listed((JSON.parse(line.slice(node.length + 1)) ?? {}) as Readonly<Record<string, string>>)
}

const listed = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(' ') || 'none'
