/** A way to break what the fixture platform has on its manager, and the words by which the plan must name it. */
export interface Drift {
  readonly name: string
  readonly break: string
  /** Each stands in the plan's lines. */
  readonly named: readonly string[]
}

/** What goes wrong with networks, volumes, images, configs, secrets and services, by hand. */
export const drifts: readonly Drift[] = [
  {
    name: 'a service scaled to nothing',
    break: 'docker service scale --detach below_keeper=0',
    named: ['service below_keeper', 'replicas 0 → 1', 'running 0/1'],
  },
  {
    name: 'a service removed',
    break: 'docker service rm below_keeper',
    named: ['service below_keeper', 'block'],
  },
  {
    name: 'an extra service with our label',
    break:
      'docker service create --detach --no-resolve-image --endpoint-mode dnsrr --name extra --label groundwork.org=lab "$(docker service inspect --format "{{.Spec.TaskTemplate.ContainerSpec.Image}}" above_hello)" sleep 1000',
    named: ['services that the platform has not', 'extra'],
  },
  {
    name: 'an extra service in one of our stacks',
    break:
      'docker service create --detach --no-resolve-image --endpoint-mode dnsrr --name below_more --label com.docker.stack.namespace=below "$(docker service inspect --format "{{.Spec.TaskTemplate.ContainerSpec.Image}}" above_hello)" sleep 1000',
    named: ['services that the platform has not', 'below_more'],
  },
  {
    name: 'the environment changed',
    break:
      'docker service update --quiet --detach --no-resolve-image --env-add SWITCH=off --env-add MORE=1 below_keeper',
    named: ['service below_keeper', 'environment SWITCH off → on', 'environment MORE 1 → none'],
  },
  {
    name: 'a limit removed',
    break: 'docker service update --quiet --detach --no-resolve-image --limit-memory 0 below_keeper',
    named: ['memory limit none → 32 MiB'],
  },
  {
    name: 'the label of the block removed',
    break: 'docker service update --quiet --detach --no-resolve-image --label-rm groundwork.block above_hello',
    named: ['service above_hello', 'block'],
  },
  {
    name: 'the label of the organization removed',
    break: 'docker service update --quiet --detach --no-resolve-image --label-rm groundwork.org above_hello',
    named: ['service above_hello', 'label groundwork.org none → lab'],
  },
  {
    name: 'the label of the stack removed',
    break:
      'docker service update --quiet --detach --no-resolve-image --label-rm com.docker.stack.namespace above_hello',
    named: ['service above_hello', 'label com.docker.stack.namespace none → above'],
  },
  {
    name: 'a service moved to another image',
    break:
      'image=$(docker image ls --format "{{.Repository}}:{{.Tag}}" groundwork/base | head -n 1); docker tag "$image" other:1; docker service update --quiet --detach --no-resolve-image --image other:1 --args "sleep 1000" below_keeper',
    named: ['service below_keeper', 'image other:1 → groundwork/tool:'],
  },
  {
    name: 'an image replaced under its tag, and a container started from it',
    break: `tool=$(docker service inspect --format '{{.Spec.TaskTemplate.ContainerSpec.Image}}' above_hello)
work=$(mktemp -d); printf 'FROM %s\\nENV REPLACED=1\\n' "$tool" > "$work/Dockerfile"
DOCKER_BUILDKIT=0 docker build --quiet --tag "$tool" "$work"; rm -r "$work"
docker rm --force $(docker ps --quiet --filter label=com.docker.swarm.service.name=above_hello); sleep 6`,
    named: ['image groundwork/tool', 'replaced by', '1 of another image'],
  },
  {
    name: 'a secret removed, with the service that used it',
    break:
      'docker service rm below_keeper; sleep 1; docker secret rm $(docker secret ls --quiet --filter name=password-)',
    named: ['secret password-', 'service below_keeper'],
  },
  {
    name: 'a config changed: the service was moved to another one',
    break: `echo other | docker config create other - >/dev/null
docker service update --quiet --detach --no-resolve-image --config-rm "$(docker config ls --format '{{.Name}}' | grep ^keeper-)" --config-add source=other,target=/etc/fixture.conf below_keeper`,
    named: ['service below_keeper', 'other as /etc/fixture.conf'],
  },
  {
    name: 'a config with our name and other content',
    break: `name=$(docker config ls --format '{{.Name}}' | grep ^hello-); docker service rm above_hello; sleep 1
docker config rm "$name"; echo other | docker config create --label groundwork.org=lab "$name" -`,
    named: ['config hello-', 'service above_hello'],
  },
  {
    name: 'a config left over',
    break: 'echo old | docker config create --label groundwork.org=lab old-0123456789ab -',
    named: ['configs that the platform has not', 'old-0123456789ab'],
  },
  {
    name: 'a network deleted, with the services on it',
    break: 'docker service rm above_hello above_everywhere; until docker network rm open; do sleep 1; done',
    named: ['network open', 'service above_everywhere', 'service above_hello'],
  },
  {
    name: 'a network made with other options',
    break: `docker service rm above_hello above_everywhere; until docker network rm open; do sleep 1; done
while docker network ls --format '{{.Name}}' | grep -qx open; do sleep 0.2; done
docker network create --driver overlay --label groundwork.org=lab open
docker stack deploy --resolve-image never --compose-file /etc/groundwork/stacks/above.yaml above; sleep 3`,
    named: ['network open', 'attachable'],
  },
  {
    name: 'a stack file edited',
    break: 'sed -i s/32M/64M/ /etc/groundwork/stacks/above.yaml',
    named: ['file /etc/groundwork/stacks/above.yaml'],
  },
  {
    name: 'a stack file edited and deployed by hand',
    break: `sed -i s/32M/64M/ /etc/groundwork/stacks/above.yaml
docker stack deploy --resolve-image never --compose-file /etc/groundwork/stacks/above.yaml above`,
    named: ['file /etc/groundwork/stacks/above.yaml', 'memory limit 64 MiB → 32 MiB'],
  },
  {
    name: 'what was kept of the last deploy is lost',
    break: 'rm /var/lib/groundwork/services/below_keeper.json',
    named: ['service below_keeper', 'nothing was kept'],
  },
  {
    name: 'the owner of a data directory changed',
    break: 'chown 0:0 /srv/fixture/keeper',
    named: ['directory /srv/fixture/keeper', 'owner'],
  },
]
