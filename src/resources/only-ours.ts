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
        ask: everything(org),
        read: (answer) =>
          listed(
            rows(answer)
              .filter(([what, , label, stack]) => what === 'service' && (label === org || stacks.includes(stack ?? '')))
              .map(([, name = '']) => name)
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
    actual: { extra: { ask: everything(org), read: (answer) => extra(kind, answer, names) } },
    fix: (changes) => sh`docker ${kind} rm ${unlisted(changes.extra?.from)}`,
    removes: true,
  })

// One question for all kinds, since each call of docker costs some 25 ms. Its rows: what is there of ours, who uses what, and the services.
const everything = (org: string): Sh =>
  orNothing(
    swarmProbe(sh`set -e
for kind in config secret network; do docker $kind ls --filter label=${`groundwork.org=${org}`} --format "$kind|{{.Name}}|{{.ID}}"; done
ids=$(docker service ls --quiet)
[ -z "$ids" ] || docker service inspect --format ${SERVICE_ROWS} $ids`),
  )

const SERVICE_ROWS = `{{$org := index .Spec.Labels "groundwork.org"}}service|{{.Spec.Name}}|{{$org}}|{{index .Spec.Labels "com.docker.stack.namespace"}}{{println}}${[
  ['config', 'ContainerSpec.Configs', 'ConfigName'],
  ['secret', 'ContainerSpec.Secrets', 'SecretName'],
  ['network', 'Networks', 'Target'],
]
  .map(
    ([kind, list, name]) => `{{range .Spec.TaskTemplate.${list}}}uses|${kind}|{{.${name}}}|{{$org}}{{println}}{{end}}`,
  )
  .join('')}`

// A service of ours lets go of the old ones when its layer is deployed, which is before this: only others' count as users.
function extra(kind: string, answer: string, names: readonly string[]): string {
  const found = rows(answer)
  const users = found
    .filter(([what, used, , org]) => what === 'uses' && used === kind && !org)
    .map(([, , name = '']) => name)
  return listed(
    found
      .filter(
        ([what, name = '', id = '']) =>
          what === kind && !names.includes(name) && !users.some((user) => user === name || user.startsWith(id)),
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
