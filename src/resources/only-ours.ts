import type { Resource } from '../engine/resource.ts'
import { resource } from '../engine/resource.ts'
import { type Sh, sh } from '../engine/sh.ts'
import { orNothing, swarmProbe } from './docker.ts'

/** What is to be there of a kind; everything else of ours goes. */
export interface Wanted {
  readonly org: string
  readonly names: readonly string[]
  /** Names of our stacks: a service in one of them is ours, labelled or not. */
  readonly stacks: readonly string[]
}

/** No service is there but the platform's: left are those of ours that it no longer has. Others' are not touched. */
export const onlyOurServices = ({ org, names, stacks }: Wanted): Resource =>
  resource({
    name: 'services that the platform has not',
    desired: { extra: 'none' },
    actual: {
      extra: {
        ask: services,
        read: (answer) =>
          listed(
            rows(answer)
              .filter(([, label, stack]) => label === org || stacks.includes(stack ?? ''))
              .map(([name = '']) => name)
              .filter((name) => !names.includes(name)),
          ),
      },
    },
    fix: ({ extra }) => sh`docker service rm ${unlisted(extra?.from)}`,
    destroys: 'services are removed; their volumes and data stay',
    removes: true,
  })

/** No config, secret or network of ours is there but the wanted ones, and those that somebody else's service uses. */
export const onlyOurs = (kind: 'config' | 'secret' | 'network', { org, names }: Wanted): Resource =>
  resource({
    name: `${kind}s that the platform has not`,
    desired: { extra: 'none' },
    actual: { extra: { ask: ours(kind, org), read: (answer) => extra(answer, names) } },
    fix: (changes) => sh`docker ${kind} rm ${unlisted(changes.extra?.from)}`,
    removes: true,
  })

const services = orNothing(
  swarmProbe(sh`ids=$(docker service ls --quiet) || exit
[ -z "$ids" ] || docker service inspect --format '{{.Spec.Name}}|{{index .Spec.Labels "groundwork.org"}}|{{index .Spec.Labels "com.docker.stack.namespace"}}' $ids`),
)

// A service of ours lets go of the old ones when its layer is deployed, which is before this: only others' count as users.
const ours = (kind: 'config' | 'secret' | 'network', org: string): Sh =>
  orNothing(
    swarmProbe(sh`set -e
docker ${kind} ls --filter label=${`groundwork.org=${org}`} --format 'is|{{.Name}}|{{.ID}}'
ids=$(docker service ls --quiet)
[ -z "$ids" ] || docker service inspect --format ${`{{$org := index .Spec.Labels "groundwork.org"}}{{range .Spec.TaskTemplate.${USES[kind]}}}used|{{.${NAMED[kind]}}}|{{$org}}{{println}}{{end}}`} $ids`),
  )

const USES = { config: 'ContainerSpec.Configs', secret: 'ContainerSpec.Secrets', network: 'Networks' } as const
const NAMED = { config: 'ConfigName', secret: 'SecretName', network: 'Target' } as const

function extra(answer: string, names: readonly string[]): string {
  const found = rows(answer)
  const users = found.filter(([what, , org]) => what === 'used' && !org).map(([, name = '']) => name)
  return listed(
    found
      .filter(
        ([what, name = '', id = '']) =>
          what === 'is' && !names.includes(name) && !users.some((user) => user === name || user.startsWith(id)),
      )
      .map(([, name = '']) => name),
  )
}

const rows = (answer: string): readonly (readonly string[])[] =>
  answer
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('|'))

const listed = (names: readonly string[]): string => [...names].sort().join(', ') || 'none'
const unlisted = (names: string | undefined): readonly string[] => (names ?? '').split(', ').filter(Boolean)
