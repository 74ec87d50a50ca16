import { type Sh, sh } from '../engine/sh.ts'
import type { Host } from '../inventory/org.ts'
import { swarmProbe } from './docker.ts'

/** A node as a manager tells it. */
export interface SwarmNode {
  readonly id: string
  readonly address: string
  readonly name: string
  readonly state: string
  readonly role: string
  readonly availability: string
  readonly labels: Readonly<Record<string, string>>
}

/** All nodes, asked of a manager. */
export const swarmNodes: Sh = swarmProbe(sh`ids=$(docker node ls --quiet) || exit
docker node inspect --format '{{.ID}} {{.Status.Addr}} {{.Description.Hostname}} {{.Status.State}} {{.Spec.Role}} {{.Spec.Availability}} {{json .Spec.Labels}}' $ids`)

export const nodesIn = (answer: string): readonly SwarmNode[] =>
  answer
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [id = '', address = '', name = '', state = '', role = '', availability = '', ...labels] = line.split(' ')
      return { id, address, name, state, role, availability, labels: JSON.parse(labels.join(' ') || '{}') ?? {} }
    })

/** A host's own node: by its address, since a name changed by hand makes nobody somebody else; else by its name. */
export const isNodeOf = (host: Host, { address, name }: SwarmNode): boolean =>
  address === host.primaryAddress || name === host.name

/** The node of this host; of several, since the host was made anew, the one that is ready. */
export function nodeOf(answer: string, host: Host): SwarmNode | undefined {
  const own = nodesIn(answer).filter((node) => isNodeOf(host, node))
  return own.find(({ state }) => state === 'ready') ?? own[0]
}

/** Shell text that prints the same node's id, for a fix. */
export const nodeId = (host: Host): Sh =>
  sh`docker node inspect --format '{{.Status.State}} {{.ID}} {{.Status.Addr}} {{.Description.Hostname}}' $(docker node ls --quiet) | sort -r | awk -v address=${host.primaryAddress} -v name=${host.name} '$3 == address || $4 == name { print $2; exit }'`
