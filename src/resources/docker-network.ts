import type { Resource } from '../engine/resource.ts'
import { resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'
import { OURS, swarmProbe } from './docker.ts'

/** An overlay network as the platform wants it. */
export interface WantedNetwork {
  readonly name: string
  readonly internal: boolean
  readonly attachable: boolean
  readonly encrypted: boolean
  /** The largest packet between the members, in bytes, where it is below Ethernet's 1500; Docker takes VXLAN's 50 off itself. */
  readonly mtu?: number | undefined
  /** The services that use it, for people. */
  readonly services: readonly string[]
}

/** An overlay network with these options. One with others is made anew, and the services of ours that use it with it. */
export const dockerNetwork = (network: WantedNetwork, org: string): Resource =>
  resource<string>({
    name: `network ${network.name}`,
    desired: {
      driver: 'overlay',
      internal: String(network.internal),
      attachable: String(network.attachable),
      encrypted: String(network.encrypted),
      ...(network.mtu !== undefined && { mtu: String(network.mtu) }),
    },
    actual: {
      driver: { ask: networks, read: (answer) => find(answer, network.name)?.Driver },
      internal: { ask: networks, read: (answer) => told(find(answer, network.name)?.Internal) },
      attachable: { ask: networks, read: (answer) => told(find(answer, network.name)?.Attachable) },
      encrypted: { ask: networks, read: (answer) => encrypted(find(answer, network.name)) },
      ...(network.mtu !== undefined && { mtu: { ask: networks, read: mtuOf(network.name, network.mtu) } }),
    },
    fix: (changes) =>
      Object.values(changes).every((change) => change?.from === undefined)
        ? create(network, org)
        : [takeAway(network.name, org), create(network, org)],
    interrupts: `where it must be made anew: ${network.services.join(', ') || 'no service'} until deployed again`,
  })

const networks = swarmProbe(sh`ids=$(docker network ls --quiet --no-trunc --filter scope=swarm) || exit
[ -z "$ids" ] || docker network inspect --format '{"Name":{{json .Name}},"Driver":{{json .Driver}},"Internal":{{json .Internal}},"Attachable":{{json .Attachable}},"Options":{{json .Options}}}' $ids`)

interface Network {
  readonly Name: string
  readonly Driver: string
  readonly Internal: boolean
  readonly Attachable: boolean
  readonly Options: Readonly<Record<string, string>> | null
}

const find = (answer: string, name: string): Network | undefined =>
  answer
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Network)
    .find(({ Name }) => Name === name)

const told = (value: boolean | undefined): string | undefined => (value === undefined ? undefined : String(value))

const encrypted = (network: Network | undefined): string | undefined =>
  network && String('encrypted' in (network.Options ?? {}))

const MTU = 'com.docker.network.driver.mtu'

// A smaller one than is needed works as well: nobody's services stop for it.
const mtuOf =
  (name: string, wanted: number) =>
  (answer: string): string | undefined => {
    const network = find(answer, name)
    const is = network && Number(network.Options?.[MTU] ?? 1500)
    return is === undefined ? undefined : String(Math.max(is, wanted))
  }

const create = ({ name, internal, attachable, encrypted, mtu }: WantedNetwork, org: string): Sh =>
  sh`docker network create --driver overlay --label ${`${OURS}=${org}`} ${[
    ...(internal ? ['--internal'] : []),
    ...(attachable ? ['--attachable'] : []),
    ...(encrypted ? ['--opt', 'encrypted'] : []),
    ...(mtu === undefined ? [] : ['--opt', `${MTU}=${mtu}`]),
    name,
  ]} >/dev/null`

// Swarm removes no network that a service uses, and its tasks go some seconds after their service.
const takeAway = (
  name: string,
  org: string,
): Sh => sh`id=$(docker network ls --quiet --no-trunc --filter scope=swarm --format '{{.ID}} {{.Name}}' | awk -v name=${name} '$2 == name { print $1 }')
users=
for service in $(docker service ls --quiet); do
  docker service inspect --format '{{range .Spec.TaskTemplate.Networks}}{{println .Target}}{{end}}' "$service" | grep -qFx -e "$id" -e ${name} || continue
  who=$(docker service inspect --format '{{.Spec.Name}} {{index .Spec.Labels "groundwork.org"}}' "$service")
  case $who in
    *' '${org}) users="$users $service" ;;
    *) echo "a service that is not ours uses it, and was not touched: $who" >&2; exit 1 ;;
  esac
done
[ -z "$users" ] || docker service rm $users
tries=0
until said=$(docker network rm ${name} 2>&1); do
  tries=$((tries + 1))
  if [ $tries -ge 60 ]; then echo "$said" >&2; exit 1; fi
  sleep 1
done
while docker network ls --filter scope=swarm --format '{{.Name}}' | grep -qFx ${name}; do sleep 0.2; done`
