import type { Host } from '../inventory/org.ts'
import { questionOf } from './plan.ts'
import type { Resource, Step } from './resource.ts'
import type { Run } from './run.ts'

/** A resource on its host, in its place in the list. */
export interface Placed {
  readonly host: Host
  readonly step: string
  readonly resource: Resource
}

/** Every resource in its place: the list's order up to --only, the hosts that a step has, without what this run may not take away. */
export function placedList(run: Pick<Run, 'org' | 'steps' | 'hosts' | 'only'>): readonly Placed[] {
  const partial = run.only !== undefined || run.hosts.length < run.org.hosts.length
  return wantedSteps(run).flatMap((step) =>
    hostsOf(step, run).flatMap((host) =>
      step
        .resources({ host, org: run.org })
        .filter(({ removes }) => !(removes && partial))
        .map((resource) => ({ host, step: step.id, resource })),
    ),
  )
}

/** The steps of a run. What comes behind --only is neither asked nor counted, so that nobody takes it for seen. */
export const wantedSteps = ({ steps, only }: Pick<Run, 'steps' | 'only'>): readonly Step[] =>
  only === undefined ? steps : steps.slice(0, steps.findIndex(({ id }) => id === only) + 1)

/** The hosts of this run, and those that its resources ask of, since a fix may act there as well; in the inventory's order. */
export function touched(run: Run, list: readonly Placed[]): readonly Host[] {
  const asked = list.flatMap(({ resource }) =>
    Object.values(resource.actual)
      .map(questionOf)
      .flatMap((question) => ('on' in question ? [question.on.name] : [])),
  )
  const names = new Set([...run.hosts.map(({ name }) => name), ...asked])
  return run.org.hosts.filter(({ name }) => names.has(name))
}

const hostsOf = (step: Step, run: Pick<Run, 'org' | 'hosts'>): readonly Host[] => {
  const chosen = new Set(run.hosts.map(({ name }) => name))
  return (step.hosts?.(run.org) ?? run.org.hosts).filter(({ name }) => chosen.has(name))
}
