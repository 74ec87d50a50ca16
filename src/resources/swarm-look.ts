import type { Sh } from '../engine/sh.ts'
import { sh } from '../engine/sh.ts'
import { orNothing, swarmProbe } from './docker.ts'

/** Everything about services that their resources compare, as one answer tells it. */
export interface Look {
  /** Seconds since 1970 by the manager's clock. */
  readonly now: number
  readonly services: readonly Service[]
  readonly tasks: readonly Task[]
  /** Network names by id. */
  readonly networks: Readonly<Record<string, string>>
  /** The specifications kept after the last deploy, by the service's name. */
  readonly kept: Readonly<Record<string, Spec>>
}

export interface Service {
  readonly ID: string
  readonly Spec: Spec
  readonly Update: { readonly State: string; readonly Message?: string } | null
}

/** A service's specification as Swarm tells it (Docker Engine API 1.41, ServiceSpec). */
export interface Spec {
  readonly Name: string
  readonly Labels: Readonly<Record<string, string>>
  readonly TaskTemplate: Tree
  readonly Mode: { readonly Replicated?: { readonly Replicas?: number } } & Tree
  readonly [key: string]: unknown
}

export interface Task {
  readonly ServiceID: string
  readonly Slot: number
  readonly DesiredState: string
  readonly CreatedAt: string
  readonly Status: { readonly Timestamp: string; readonly State: string; readonly Err?: string }
  /** Only of tasks that are wanted or complete. */
  readonly Spec: Tree | null
}

export type Tree = Readonly<Record<string, unknown>>

/** Where the specification of each service is kept, as Swarm told it after the last deploy. */
export const KEPT = '/var/lib/groundwork/services'

/** The one question behind all service resources. A task that goes while we ask is no matter. */
export const lookAtServices: Sh = orNothing(
  swarmProbe(sh`date '+now %s'
set -e
docker network ls --no-trunc --filter scope=swarm --format 'network {{.ID}} {{.Name}}'
services=$(docker service ls --quiet)
if [ -n "$services" ]; then
  docker service inspect --format 'service {"ID":{{json .ID}},"Spec":{{json .Spec}},"Update":{{json .UpdateStatus}}}' $services
  tasks=$(docker service ps --quiet --no-trunc $services)
  [ -z "$tasks" ] || docker inspect --type task --format 'task {"ServiceID":{{json .ServiceID}},"Slot":{{json .Slot}},"DesiredState":{{json .DesiredState}},"CreatedAt":{{json .CreatedAt}},"Status":{{json .Status}},"Spec":{{if or (eq .DesiredState "running") (eq .Status.State "complete")}}{{json .Spec}}{{else}}null{{end}}}' $tasks || true
fi
cd ${KEPT} 2>/dev/null || exit 0
for file in *.json; do [ ! -f "$file" ] || { printf 'kept '; cat "$file"; }; done`),
)

/** Reads the answer; the same text is read once. */
export function readLook(answer: string): Look {
  if (last?.answer === answer) return last.look
  const look = parse(answer)
  last = { answer, look }
  return look
}

let last: { readonly answer: string; readonly look: Look } | undefined

function parse(answer: string): Look {
  const lines = (kind: string) =>
    answer
      .split('\n')
      .filter((line) => line.startsWith(`${kind} `))
      .map((line) => line.slice(kind.length + 1))
  const json = <T>(kind: string) => lines(kind).map((line) => JSON.parse(line) as T)
  return {
    now: Number(lines('now')[0]),
    services: json<Service>('service'),
    tasks: json<Task>('task'),
    networks: Object.fromEntries(lines('network').map((line) => line.split(' '))),
    kept: Object.fromEntries(lines('kept').flatMap(spec)),
  }
}

// A kept file that was cut or edited into something else is none.
function spec(line: string): readonly [string, Spec][] {
  try {
    const kept = JSON.parse(line) as Spec
    return [[kept.Name, kept]]
  } catch {
    return []
  }
}
