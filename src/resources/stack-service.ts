import type { Resource } from '../engine/resource.ts'
import { resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'
import { BLOCK } from './docker.ts'
import { serviceBecause } from './service-because.ts'
import { serviceState, type Wellness } from './service-state.ts'
import { specDifferences } from './spec-differences.ts'
import { KEPT, type Look, lookAtServices, readLook } from './swarm-look.ts'

/** A service of a stack, as its rendered block wants it. */
export interface WantedService {
  /** `data_redis` */
  readonly name: string
  readonly blockHash: string
  readonly well: Wellness
  readonly gateSeconds: number
  /** Deploys the whole stack and keeps what came of it: equal for all its services, so it runs once. */
  readonly deploy: Sh
}

/** The service is the one that the rendered block describes, nobody has changed it since, and it is well. */
export const stackService = ({ name, blockHash, well, gateSeconds, deploy }: WantedService): Resource =>
  resource({
    name: `service ${name}`,
    desired: { block: blockHash, drift: 'none', state: `${well.state} ${well.count}/${well.count}` },
    actual: {
      block: { ask: lookAtServices, read: (answer) => live(readLook(answer), name)?.Labels[BLOCK] },
      drift: { ask: lookAtServices, read: (answer) => drift(readLook(answer), name, blockHash) },
      state: { ask: lookAtServices, read: (answer) => serviceState(readLook(answer), name, well) },
    },
    fix: () => deploy,
    settle: {
      seconds: gateSeconds,
      because: serviceBecause(name, well),
      try: `docker service ps --no-trunc ${name}   and: docker service logs ${name}`,
    },
  })

/** A stack as it is deployed. */
export interface WantedStack {
  readonly name: string
  /** Path of its rendered file on the host. */
  readonly file: string
  readonly services: readonly { readonly name: string; readonly image: string }[]
}

/**
 * Deploys a stack and keeps what Swarm made of it. Two things `docker stack deploy` does not repair by itself (20.10 to 26.1):
 * it copies the live image where its label com.docker.stack.image is unchanged, and takes a service without its namespace label for a stranger.
 */
export const deployStack = ({ name, file, services }: WantedStack): Sh => sh`while read -r service image; do
  found=$(docker service ls --filter name="$service" --format '{{.Name}}' | grep -Fx "$service") || continue
  live=$(docker service inspect --format '{{.Spec.TaskTemplate.ContainerSpec.Image}} {{index .Spec.Labels "com.docker.stack.namespace"}}' "$found")
  [ "$live" != "$image "${name} ] || continue
  docker service update --quiet --detach --label-rm com.docker.stack.image --label-add com.docker.stack.namespace=${name} "$service" >/dev/null
done <<'SERVICES'
${lines(services.map(({ name: service, image }) => `${service} ${image}`))}
SERVICES
docker stack deploy --resolve-image never --compose-file ${file} ${name}
mkdir -p ${KEPT}
for service in ${services.map((service) => service.name)}; do
  docker service inspect --format '{{json .Spec}}' "$service" > ${KEPT}/".$service.new"
  chmod 600 ${KEPT}/".$service.new"
  mv ${KEPT}/".$service.new" ${KEPT}/"$service.json"
done`

const live = (look: Look, name: string) => look.services.find(({ Spec }) => Spec.Name === name)?.Spec

// Where the block itself differs, that is the change; what was kept belongs to another block.
function drift(look: Look, name: string, blockHash: string): string {
  const spec = live(look, name)
  if (spec?.Labels[BLOCK] !== blockHash) return 'none'
  const kept = look.kept[name]
  if (kept?.Labels[BLOCK] !== blockHash) return 'not known: nothing was kept of the last deploy'
  return specDifferences(spec, kept, look.networks) || 'none'
}

// Names of services and images hold nothing that a here-document would take for its end.
const lines = (texts: readonly string[]): Sh => ({ parts: [texts.join('\n')] })
